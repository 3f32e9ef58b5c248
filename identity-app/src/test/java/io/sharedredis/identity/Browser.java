package io.sharedredis.identity;

import io.sharedredis.identity.Farm.Replica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A person's browser as far as these tests need one: keeps cookies, follows nothing by itself, may
 * change replica.
 */
public final class Browser {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private static final Pattern HIDDEN =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"");

  private final Map<String, String> cookies = new LinkedHashMap<>();

  public Map<String, String> cookies() {
    return cookies;
  }

  public HttpResponse<String> get(Replica replica, String path) {
    return send(HttpRequest.newBuilder(URI.create(replica.root() + path)).GET());
  }

  public HttpResponse<String> post(Replica replica, String path, Map<String, String> form) {
    return send(
        HttpRequest.newBuilder(URI.create(replica.root() + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(encode(form))));
  }

  /** Fills in a rendered form: its hidden fields and what the person types. */
  public static Map<String, String> form(String page, Map<String, String> typed) {
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher hidden = HIDDEN.matcher(page);
    while (hidden.find()) {
      fields.put(hidden.group(1), hidden.group(2).replace("&amp;", "&"));
    }
    fields.putAll(typed);
    return fields;
  }

  /**
   * Opens a page at one replica that asks for sign-in, answers the form at another, and returns the
   * answer.
   */
  public HttpResponse<String> signIn(
      Replica page, Replica answer, String path, String name, String password) {
    HttpResponse<String> asked = get(page, path);
    String form = asked.statusCode() == 302 ? get(page, location(asked)).body() : asked.body();
    return post(
        answer, "/identity/login", form(form, Map.of("username", name, "password", password)));
  }

  public static String location(HttpResponse<String> response) {
    return response
        .headers()
        .firstValue("Location")
        .orElseThrow(
            () ->
                new AssertionError(
                    "no Location in " + response.statusCode() + " " + response.body()));
  }

  public static String encode(Map<String, String> form) {
    return form.entrySet().stream()
        .map(
            field ->
                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  public static HttpResponse<String> raw(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    HttpResponse<String> response = raw(request.header("Accept", "text/html"));
    for (String header : response.headers().allValues("Set-Cookie")) {
      HttpCookie cookie = HttpCookie.parse(header).get(0);
      if (cookie.getMaxAge() == 0) {
        cookies.remove(cookie.getName());
      } else {
        cookies.put(cookie.getName(), cookie.getValue());
      }
    }
    return response;
  }
}
