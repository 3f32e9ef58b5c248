package io.sharedredis.playground.farm;

import java.io.IOException;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A browser as far as signing in goes: cookies, redirects, one form. Every URL is sent to the
 * gateway under test as to a proxy, so its host may be a name that nobody can resolve.
 */
final class Visitor {

  private static final Pattern INPUT = Pattern.compile("<input[^>]*>");

  final List<URI> visited = new ArrayList<>();
  final Set<String> replicas = new TreeSet<>();
  private final HttpClient http;

  Visitor(int gatewayPort) {
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", gatewayPort)))
            .cookieHandler(new CookieManager())
            .build();
  }

  HttpResponse<String> open(URI uri) throws IOException, InterruptedException {
    return follow(HttpRequest.newBuilder(uri).GET());
  }

  /** Sends the page's only form with its hidden fields and what is given. */
  HttpResponse<String> submit(HttpResponse<String> page, Map<String, String> given)
      throws IOException, InterruptedException {
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher inputs = INPUT.matcher(page.body());
    while (inputs.find()) {
      fields.put(attribute(inputs.group(), "name"), attribute(inputs.group(), "value"));
    }
    fields.putAll(given);
    Matcher form = Pattern.compile("<form[^>]*>").matcher(page.body());
    if (!form.find()) {
      throw new AssertionError("no form in " + page.body());
    }
    String body =
        fields.entrySet().stream()
            .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
            .collect(Collectors.joining("&"));
    return follow(
        HttpRequest.newBuilder(page.uri().resolve(attribute(form.group(), "action")))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> follow(HttpRequest.Builder first)
      throws IOException, InterruptedException {
    HttpRequest.Builder next = first;
    for (int hop = 0; hop < 10; hop++) {
      HttpRequest request = next.timeout(Duration.ofSeconds(20)).build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      visited.add(request.uri());
      response.headers().firstValue("X-Replica").ifPresent(replicas::add);
      if (response.statusCode() / 100 != 3) {
        return response;
      }
      URI location = URI.create(response.headers().firstValue("Location").orElseThrow());
      next = HttpRequest.newBuilder(request.uri().resolve(location)).GET();
    }
    throw new AssertionError("too many redirects: " + visited);
  }

  private static String attribute(String tag, String name) {
    Matcher value = Pattern.compile("\\s" + name + "=\"([^\"]*)\"").matcher(tag);
    return value.find() ? value.group(1).replace("&amp;", "&") : "";
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
