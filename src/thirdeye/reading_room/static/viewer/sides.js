// The patient's sides: how an image is turned so that it hangs as usual, and which side is where.

const OTHER = { L: "R", R: "L", A: "P", P: "A", S: "I", I: "S" };
// Through which axis one looks, to what shall be on the right and at the bottom.
const USUAL = { S: "LP", I: "LP", A: "LI", P: "LI", L: "PI", R: "PI" };
const QUARTERS = [[1, 0, 0, 1], [0, -1, 1, 0], [-1, 0, 0, -1], [0, 1, -1, 0]]; // columns of turns, screen <- image

/** The letters at the right and at the bottom of the screen, for columns and rows that lead to letters. */
export function shownSides([column, row], { flip, quarters }) {
  const [a, b, c, d] = QUARTERS[quarters % 4];
  const across = flip ? OTHER[column] : column;
  const pick = (x, y) => (x ? (x > 0 ? across : OTHER[across]) : y > 0 ? row : OTHER[row]);
  return [pick(a, b), pick(c, d)];
}

/** All four letters on the screen: n, e, s, w; of a volume ("LPS") or a projection ("LI"). */
export function letters(code, turned) {
  if (code.length < 2) return null;
  const [right, bottom] = shownSides(code, turned);
  return { e: right, w: OTHER[right], s: bottom, n: OTHER[bottom] };
}

/** How an image is turned at first; unturned where nothing is known of its place. */
export function usual(code) {
  for (const flip of [false, true]) {
    for (let quarters = 0; code.length === 3 && quarters < 4; quarters += 1) {
      if (shownSides(code, { flip, quarters }).join("") === USUAL[code[2]]) return { flip, quarters };
    }
  }
  return { flip: false, quarters: 0 };
}

/** The plane that one looks at through an axis. */
export function planeOf(letter) {
  return { S: "axial", I: "axial", A: "coronal", P: "coronal", L: "sagittal", R: "sagittal" }[letter];
}
