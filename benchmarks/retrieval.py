"""Finding the nearest of many vectors: time a query, and what approximate indexes leave out.

    python benchmarks/retrieval.py [--n 100000] [--width 512] [--threads 1] [--only NAME ...] [--out FILE]

Peers are scikit-learn (brute force) and, where they are installed, faiss (exact, HNSW, inverted file),
usearch and hnswlib. Vectors lie in 400 clusters of unequal size, each spread along directions of its own,
with a spectrum that falls like that of features of networks (variance 1 / rank); queries are new vectors of
the same kind. Times are medians over queries asked one at a time, as `thirdeye read` asks; the least time and
that of the processor tell what a busy machine adds, and the load of the machine is printed. An index gives 50
candidates, which are compared exactly. Recall is the share of the 10 nearest that is found.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

K = 10
CANDIDATES = 50
CENTRES = 400
SIDES = 24  # directions of the spread of a cluster
LINE = (
    "{method:26s} {ms:8.2f} ms (least {least_ms:.2f}, processor {cpu_ms:.2f})  recall {recall:.3f}"
    "  built in {built_s:.1f} s"
)


def main() -> None:
    """Measure everything that is installed, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--only", nargs="*", default=list(PEERS))
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # read when numpy is loaded
        os.environ[name] = str(asked.threads)
    vectors, queries = _made(asked.n, asked.width, asked.queries)
    truth = [set(map(int, _exact(vectors)(query)[0])) for query in queries]
    rows = []
    for name in asked.only:
        if PEERS[name][0] and find_spec(PEERS[name][0]) is None:
            print(f"{name}: not installed")
            continue
        rows.append({"method": name, **_measured(PEERS[name][1], vectors, queries, truth, asked.threads)})
        print(LINE.format(**rows[-1]), flush=True)
    found = {"n": asked.n, "width": asked.width, "threads": asked.threads, "rows": rows}
    found["load"] = list(os.getloadavg())
    print("load {:.1f} {:.1f} {:.1f}".format(*found["load"]))
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _made(n: int, width: int, count: int) -> tuple[Any, Any]:
    import numpy as np

    rng = np.random.default_rng(0)
    scale = (1 / np.sqrt(np.arange(1, width + 1))).astype(np.float32)
    share = 1 / np.arange(1, CENTRES + 1) ** 0.7
    which = rng.choice(CENTRES, n + count, p=share / share.sum())
    middles = rng.standard_normal((CENTRES, width), np.float32) * scale
    sides = rng.standard_normal((CENTRES, SIDES, width), np.float32) * scale
    sides *= (1 / np.sqrt(np.arange(1, SIDES + 1, dtype=np.float32)))[:, None]
    vectors = np.empty((n + count, width), np.float32)
    for centre in range(CENTRES):
        rows = np.flatnonzero(which == centre)
        along = 0.6 * rng.standard_normal((len(rows), SIDES), np.float32) @ sides[centre]
        around = 0.25 * rng.standard_normal((len(rows), width), np.float32) * scale
        vectors[rows] = middles[centre] + along + around
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors[:n], vectors[n:]


def _measured(
    make: Callable[..., Any], vectors: Any, queries: Any, truth: list[set[int]], threads: int
) -> dict[str, Any]:
    import numpy as np

    started = time.perf_counter()
    ask = make(vectors, threads)
    built = time.perf_counter() - started
    ask(queries[0])
    times, spent, hits = [], [], 0
    for query, wanted in zip(queries, truth, strict=True):
        began, used = time.perf_counter(), time.process_time()
        rows = ask(query)[0]
        times.append(time.perf_counter() - began)
        spent.append(time.process_time() - used)
        hits += len(wanted & set(map(int, rows)))
    return {
        "ms": 1e3 * float(np.median(times)), "least_ms": 1e3 * min(times),
        "cpu_ms": 1e3 * float(np.median(spent)), "recall": hits / K / len(queries),
        "built_s": built,
    }  # fmt: skip


def _exact(vectors: Any, threads: int = 1) -> Callable[[Any], Any]:
    from thirdeye.inference.similar.search import nearest

    return lambda query: nearest(vectors, query, K)


def _lists(vectors: Any, threads: int) -> Callable[[Any], Any]:
    """What `thirdeye similar add` makes of many cases; its rows are in another order, so names come back."""
    from thirdeye.inference.similar.gallery import PastCase, gallery_of
    from thirdeye.inference.similar.search import largest
    from thirdeye.journey.similar.listing import lists_of

    cases = [PastCase(str(row), "", "", "") for row in range(len(vectors))]
    made = lists_of(gallery_of("all", [((0,), vectors, vectors[:, :1], cases)], place=None), 0, len(vectors))
    if made.lists is None:
        raise SystemExit("lists are not worth it here")
    print(made.told)
    lists, ordered = made.lists, vectors[made.order]

    def ask(query: Any) -> Any:
        rows, found = lists.similarities(ordered, query, lists.visited)
        return (made.order[rows[largest(found, K)]],)

    return ask


def _exactly(vectors: Any, query: Any, rows: Any) -> Any:
    import numpy as np

    rows = np.asarray(rows).astype(np.int64)
    return rows[np.argsort(-(vectors[rows] @ query), kind="stable")[:K]]


def _scikit(vectors: Any, threads: int) -> Callable[[Any], Any]:
    from sklearn.neighbors import NearestNeighbors

    model = NearestNeighbors(n_neighbors=K, algorithm="brute", n_jobs=threads).fit(vectors)
    return lambda query: (model.kneighbors(query[None], return_distance=False)[0],)


def _faiss(kind: str) -> Callable[[Any, int], Callable[[Any], Any]]:
    def make(vectors: Any, threads: int) -> Callable[[Any], Any]:
        import faiss

        faiss.omp_set_num_threads(threads)
        index = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors)
        index.add(vectors)
        if kind.startswith("IVF"):
            index.nprobe = 16
        elif kind.startswith("HNSW"):
            index.hnsw.efSearch = 128
        return lambda query: (_exactly(vectors, query, index.search(query[None], CANDIDATES)[1][0]),)

    return make


def _usearch(vectors: Any, threads: int) -> Callable[[Any], Any]:
    import numpy as np
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="ip", dtype="f32", expansion_search=128)
    index.add(np.arange(len(vectors)), vectors, threads=threads)
    return lambda query: (_exactly(vectors, query, index.search(query, CANDIDATES).keys),)


def _hnswlib(vectors: Any, threads: int) -> Callable[[Any], Any]:
    import hnswlib

    index = hnswlib.Index(space="ip", dim=vectors.shape[1])
    index.init_index(max_elements=len(vectors), ef_construction=128, M=32)
    index.add_items(vectors, num_threads=threads)
    index.set_ef(128)
    index.set_num_threads(threads)
    return lambda query: (_exactly(vectors, query, index.knn_query(query, k=CANDIDATES)[0][0]),)


PEERS: dict[str, tuple[str, Callable[..., Any]]] = {
    "thirdeye, exact": ("", _exact),
    "thirdeye, lists": ("faiss", _lists),
    "scikit-learn, brute force": ("sklearn", _scikit),
    "faiss, exact": ("faiss", _faiss("Flat")),
    "faiss, inverted file": ("faiss", _faiss("IVF948,Flat")),
    "faiss, HNSW": ("faiss", _faiss("HNSW32")),
    "usearch, HNSW": ("usearch", _usearch),
    "hnswlib, HNSW": ("hnswlib", _hnswlib),
}


if __name__ == "__main__":
    main()
