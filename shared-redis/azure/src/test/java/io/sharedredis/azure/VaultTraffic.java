package io.sharedredis.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import java.net.MalformedURLException;
import java.net.URL;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import reactor.core.publisher.Mono;

/**
 * The way of the real Azure client to the stand-in: whatever {@code https} address it calls is
 * noted and reached on this machine.
 */
public final class VaultTraffic implements HttpClient {

  static final String VAULT = "X-Vault";

  private final HttpClient real = HttpClient.createDefault();
  private final IntSupplier port;

  /** Hosts that were called, each time. */
  public final List<String> hosts = new CopyOnWriteArrayList<>();

  public VaultTraffic(IntSupplier port) {
    this.port = port;
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    URL url = request.getUrl();
    hosts.add(url.getHost());
    try {
      // A copy: the client looks at its own request again when it checks the challenge.
      return real.send(
          request
              .copy()
              .setUrl(new URL("http", "127.0.0.1", port.getAsInt(), url.getFile()))
              .setHeader(HttpHeaderName.fromString(VAULT), url.getHost()));
    } catch (MalformedURLException e) {
      return Mono.error(e);
    }
  }

  /** A credential that always has a token. */
  public static TokenCredential credential() {
    return request ->
        Mono.fromSupplier(
            () -> new AccessToken(FakeKeyVault.TOKEN, OffsetDateTime.now().plusHours(1)));
  }
}
