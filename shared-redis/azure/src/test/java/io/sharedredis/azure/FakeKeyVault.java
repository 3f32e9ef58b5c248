package io.sharedredis.azure;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;

/**
 * The part of Key Vault's REST interface that is used here, with real RSA and the challenge that
 * the real one answers a request without a token with. Requests come through {@link VaultTraffic},
 * which tells the vault's name.
 */
public final class FakeKeyVault implements AutoCloseable {

  static final String TOKEN = "token-of-the-fake-credential";

  /** Made once: an RSA key costs up to a second. */
  private static final Map<String, KeyPair> PAIRS = new ConcurrentHashMap<>();

  private static final Pattern OPERATION =
      Pattern.compile("/(keys|secrets)/([^/]+)(?:/([^/]*))?(?:/(wrapkey|unwrapkey))?/?");

  /** What it does instead of answering. */
  public interface Trouble {
    /** Whether the exchange was answered here. */
    boolean answer(HttpExchange exchange, String operation) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, LinkedHashMap<String, KeyPair>> keys = new ConcurrentHashMap<>();
  private final Map<String, String> secrets = new ConcurrentHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** What was asked with a token, such as {@code unwrapkey ring/1}. */
  public final List<String> calls = new CopyOnWriteArrayList<>();

  volatile Trouble trouble = (exchange, operation) -> false;

  public FakeKeyVault() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Makes the next version of a key the current one; gives its name. */
  public String roll(String name) {
    LinkedHashMap<String, KeyPair> versions =
        keys.computeIfAbsent(name, unused -> new LinkedHashMap<>());
    String version = "%032x".formatted(versions.size() + 1);
    versions.put(version, PAIRS.computeIfAbsent(name + version, unused -> newPair()));
    return version;
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
      rsa.initialize(2048);
      return rsa.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public void destroy(String name) {
    keys.remove(name);
  }

  public void secret(String name, String value) {
    secrets.put(name, value);
  }

  /** Answers everything with a status. */
  public void answerAll(int status, String code, String... headers) {
    trouble =
        (exchange, operation) -> {
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
          }
          error(exchange, status, code);
          return true;
        };
  }

  /** Takes requests and does not answer them before it is closed. */
  public void hang() {
    trouble =
        (exchange, operation) -> {
          try {
            closing.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        };
  }

  public void recover() {
    trouble = (exchange, operation) -> false;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      if (authorization == null) {
        exchange
            .getResponseHeaders()
            .add(
                "WWW-Authenticate",
                "Bearer authorization=\"https://login.microsoftonline.com/"
                    + "11111111-2222-3333-4444-555555555555\","
                    + " resource=\"https://vault.azure.net\"");
        error(exchange, 401, "Unauthorized");
        return;
      }
      if (!authorization.equals("Bearer " + TOKEN)) {
        error(exchange, 401, "Unauthorized");
        return;
      }
      Matcher parts = OPERATION.matcher(exchange.getRequestURI().getPath());
      if (!parts.matches()) {
        error(exchange, 400, "BadParameter");
        return;
      }
      String kind = parts.group(4) == null ? "get" : parts.group(4);
      String version = parts.group(3) == null ? "" : parts.group(3);
      calls.add(kind + " " + parts.group(2) + (version.isEmpty() ? "" : "/" + version));
      if (trouble.answer(exchange, kind)) {
        return;
      }
      if (parts.group(1).equals("secrets")) {
        secret(exchange, parts.group(2));
      } else {
        key(exchange, kind, parts.group(2), version);
      }
    }
  }

  private void secret(HttpExchange exchange, String name) throws IOException {
    String value = secrets.get(name);
    if (value == null) {
      error(exchange, 404, "SecretNotFound");
      return;
    }
    answer(
        exchange,
        200,
        "{\"value\":\"" + value + "\",\"id\":\"" + vault(exchange) + "/secrets/" + name + "/1\"}");
  }

  private void key(HttpExchange exchange, String kind, String name, String version)
      throws IOException {
    LinkedHashMap<String, KeyPair> versions = keys.getOrDefault(name, new LinkedHashMap<>());
    String chosen = version;
    if (chosen.isEmpty()) {
      for (String each : versions.keySet()) {
        chosen = each;
      }
    }
    KeyPair pair = versions.get(chosen);
    if (pair == null) {
      error(exchange, 404, "KeyNotFound");
      return;
    }
    String id = vault(exchange) + "/keys/" + name + "/" + chosen;
    if (kind.equals("get")) {
      RSAPublicKey rsa = (RSAPublicKey) pair.getPublic();
      answer(
          exchange,
          200,
          "{\"key\":{\"kid\":\"%s\",\"kty\":\"RSA\",\"key_ops\":[\"wrapKey\",\"unwrapKey\"],\"n\":\"%s\",\"e\":\"%s\"},\"attributes\":{\"enabled\":true}}"
              .formatted(id, base64(rsa.getModulus()), base64(rsa.getPublicExponent())));
      return;
    }
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (!field(request, "alg").equals("RSA-OAEP")) {
      error(exchange, 400, "BadParameter");
      return;
    }
    byte[] result;
    try {
      Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
      oaep.init(
          kind.equals("wrapkey") ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
          kind.equals("wrapkey") ? pair.getPublic() : pair.getPrivate());
      result = oaep.doFinal(Base64.getUrlDecoder().decode(field(request, "value")));
    } catch (GeneralSecurityException e) {
      error(exchange, 400, "BadParameter");
      return;
    }
    answer(exchange, 200, "{\"kid\":\"%s\",\"value\":\"%s\"}".formatted(id, base64(result)));
  }

  private static String field(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
    return found.find() ? found.group(1) : "";
  }

  private static String vault(HttpExchange exchange) {
    return "https://" + exchange.getRequestHeaders().getFirst(VaultTraffic.VAULT);
  }

  private static String base64(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return base64(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void error(HttpExchange exchange, int status, String code) throws IOException {
    answer(
        exchange, status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + code + "\"}}");
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
