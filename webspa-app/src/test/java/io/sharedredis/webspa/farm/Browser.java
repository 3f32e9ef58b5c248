package io.sharedredis.webspa.farm;

import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A browser without a screen: cookies, no automatic redirects, one replica at a time. */
public final class Browser {

  private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(cookies)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private URI replica;

  public Browser(Replica replica) {
    this.replica = replica.url();
  }

  /** From now on another replica answers, as behind a gateway without affinity. */
  public Browser movedTo(Replica other) {
    replica = other.url();
    return this;
  }

  public HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, null, headers);
  }

  public JsonNode json(String path) {
    return JsonMapper.shared().readTree(get(path).body());
  }

  public HttpResponse<String> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(replica.resolve(path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A JSON call as the page makes it, with the token from the readable cookie. */
  public HttpResponse<String> call(String method, String path, String body) {
    return send(
        method,
        path,
        body,
        "Content-Type",
        "application/json",
        "Accept",
        "application/json",
        "X-XSRF-TOKEN",
        cookie("XSRF-TOKEN"));
  }

  public String cookie(String name) {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals(name))
        .map(HttpCookie::getValue)
        .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8))
        .findFirst()
        .orElse("");
  }

  /** Where a redirect leads. */
  public static URI location(HttpResponse<?> response) {
    return URI.create(response.headers().firstValue("Location").orElseThrow());
  }

  /** Begins a sign-in and returns the request the identity provider gets. */
  public URI beginSignIn(String returnTo) {
    HttpResponse<String> login = get("/login?returnTo=" + returnTo);
    return location(get(location(login).getPath()));
  }

  /** Path of the shop the identity provider leads back to. */
  public static String callback(StubIdentity identity, String user, URI authorization) {
    Map<String, String> request = StubIdentity.query(authorization.getRawQuery());
    return "/login/oauth2/code/shop?code="
        + identity.authorize(user, request)
        + "&state="
        + request.get("state").replace("=", "%3D");
  }

  /** Signs in from beginning to end. */
  public Browser signIn(StubIdentity identity, String user) {
    HttpResponse<String> back = get(callback(identity, user, beginSignIn("/")));
    if (back.statusCode() != 302) {
      throw new IllegalStateException(back.statusCode() + " " + back.body());
    }
    get("/");
    return this;
  }
}
