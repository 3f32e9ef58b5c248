const COOKIE = "XSRF-TOKEN";

/** The token the shop gave this browser, to be sent back as header or form field; see the shop's README. */
export function csrfToken(cookies: string = document.cookie): string | undefined {
  for (const pair of cookies.split(";")) {
    const [name, ...value] = pair.trim().split("=");
    if (name === COOKIE) {
      return decodeURIComponent(value.join("="));
    }
  }
  return undefined;
}
