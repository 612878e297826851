// The one-time secret stands after the # of the link, which no browser sends anywhere.
"use strict";
const secret = decodeURIComponent(location.hash.slice(1));
if (secret) {
  document.getElementById("secret").value = secret;
  document.getElementById("password").focus();
  history.replaceState(null, "", location.pathname);
}
