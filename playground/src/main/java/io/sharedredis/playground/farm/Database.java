package io.sharedredis.playground.farm;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where the apps keep their tables.
 *
 * @param url JDBC URL without credentials
 * @param user role that may create schemas
 * @param password its password
 */
record Database(String url, String user, String password) {

  /**
   * Reads what people have at hand: {@code postgresql://user:password@host/db}, or a JDBC URL with
   * {@code user} and {@code password} as parameters.
   */
  static Database parse(String text) {
    String plain = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
    URI uri;
    try {
      uri = URI.create(plain);
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!List.of("postgresql", "postgres").contains(scheme) || uri.getHost() == null) {
      throw invalid();
    }
    String user = "postgres";
    String password = "";
    String credentials = uri.getRawUserInfo();
    if (credentials != null) {
      int colon = credentials.indexOf(':');
      user = decode(colon < 0 ? credentials : credentials.substring(0, colon));
      password = colon < 0 ? "" : decode(credentials.substring(colon + 1));
    }
    List<String> rest = new ArrayList<>();
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (String parameter : query.split("&")) {
      if (parameter.startsWith("user=")) {
        user = decode(parameter.substring("user=".length()));
      } else if (parameter.startsWith("password=")) {
        password = decode(parameter.substring("password=".length()));
      } else if (!parameter.isEmpty()) {
        rest.add(parameter);
      }
    }
    int port = uri.getPort() < 0 ? 5432 : uri.getPort();
    String path =
        uri.getRawPath() == null || uri.getRawPath().length() < 2 ? "/" + user : uri.getRawPath();
    String parameters = rest.isEmpty() ? "" : "?" + String.join("&", rest);
    return new Database(
        "jdbc:postgresql://" + uri.getHost() + ":" + port + path + parameters, user, password);
  }

  @Override
  public String toString() {
    return url + " as " + user;
  }

  // The text may hold a password, so the message does not repeat it.
  private static FarmException invalid() {
    return new FarmException(
        "--postgres wants postgresql://user:password@host:port/database or a jdbc:postgresql: URL");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
