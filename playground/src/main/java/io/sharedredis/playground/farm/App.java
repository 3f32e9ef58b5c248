package io.sharedredis.playground.farm;

/** The two applications of the farm. */
public enum App {
  /** The shop. */
  WEBSPA("webspa", "webspa-app", ""),
  /** The OpenID Connect provider; everything of it lies below {@code /identity}. */
  IDENTITY("identity", "identity-app", "/identity");

  private final String prefix;
  private final String module;
  private final String contextPath;

  App(String prefix, String module, String contextPath) {
    this.prefix = prefix;
    this.module = module;
    this.contextPath = contextPath;
  }

  /** First part of a replica's name, as in {@code webspa-2}; also the gateway's pool name. */
  public String prefix() {
    return prefix;
  }

  /** Maven module that builds the app, which is also the first part of its jar's name. */
  public String module() {
    return module;
  }

  /** Path below which the app answers; empty for the root. */
  public String contextPath() {
    return contextPath;
  }
}
