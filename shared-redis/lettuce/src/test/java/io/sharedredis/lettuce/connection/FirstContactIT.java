package io.sharedredis.lettuce.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SslOptions;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.testkit.FreePorts;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong for good is said at the start; what may mend is waited for. */
class FirstContactIT {

  private static final RedisDeadlines PATIENT =
      new RedisDeadlines(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(1));

  private static TlsIdentity identity;
  private static RedisServer redis;
  private static RedisAddress encrypted;

  @BeforeAll
  static void start() {
    identity = TlsIdentity.create();
    int port = FreePorts.one();
    redis = RedisServer.start(identity.serving(RedisOptions.defaults(), port));
    encrypted = RedisAddress.parse("test", "rediss://127.0.0.1:" + port);
  }

  @AfterAll
  static void stop() {
    redis.close();
    identity.close();
  }

  private static SslOptions trusting(TlsIdentity trusted) {
    return SslOptions.builder().jdkSslProvider().trustManager(trusted.trust()).build();
  }

  private static void check(RedisLogin login, SslOptions tls, RedisAddress address) {
    try (RedisNetwork network = new RedisNetwork(PATIENT, login, tls)) {
      FirstContact.check(network, address);
    }
  }

  @Test
  void commandsAndSubscriptionsGoOverTlsToAServerWhoseAuthorityIsTrusted() throws Exception {
    try (RedisNetwork network =
        new RedisNetwork(PATIENT, RedisLogin.BY_ADDRESS, trusting(identity))) {
      FirstContact.check(network, encrypted);
      try (RedisLink<String, String> link =
          new RedisLink<>(network, "tests", encrypted, StringCodec.UTF8)) {
        link.firstConnected().get(20, TimeUnit.SECONDS);
        assertThat(link.<String>sync(commands -> commands.ping())).isEqualTo("PONG");
      }
    }
  }

  @Test
  void certificateOfAnotherAuthorityIsRefusedAtTheStart() {
    try (TlsIdentity other = TlsIdentity.create()) {
      assertThatThrownBy(() -> check(RedisLogin.BY_ADDRESS, trusting(other), encrypted))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(encrypted.toString())
          .hasMessageContaining("certificate that is not trusted")
          .hasMessageContaining("ssl.bundle");
    }
    assertThatThrownBy(() -> check(RedisLogin.BY_ADDRESS, SslOptions.create(), encrypted))
        .as("the Java platform does not know it either")
        .hasMessageContaining("certificate that is not trusted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rediss-cluster://127.0.0.1:%d", "rediss-sentinel://127.0.0.1:%d/0#m"})
  void certificateOfAnotherAuthorityIsRefusedAtTheStartOfAClusterAndOfSentinelsToo(String url) {
    RedisAddress address =
        RedisAddress.parse("test", url.formatted(encrypted.toUri(Duration.ofSeconds(1)).getPort()));
    assertThatThrownBy(() -> check(RedisLogin.BY_ADDRESS, SslOptions.create(), address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(address.toString())
        .hasMessageContaining("certificate that is not trusted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void serverThatWantsACertificateOfOursIsNoReasonToWait(String version) {
    int port = FreePorts.one();
    try (RedisServer strict =
        RedisServer.start(
            identity
                .serving(RedisOptions.defaults(), port)
                .withArguments("--tls-auth-clients", "yes", "--tls-protocols", version))) {
      assertThat(strict).isNotNull();
      RedisAddress address = RedisAddress.parse("test", "rediss://127.0.0.1:" + port);
      assertThatThrownBy(() -> check(RedisLogin.BY_ADDRESS, trusting(identity), address))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(address.toString())
          .hasMessageContaining("give the SSL bundle a key");
    }
  }

  /** Numbers of RFC 8446, section 6. */
  @ParameterizedTest
  @CsvSource({"40, true", "48, true", "70, true", "80, false", "112, false"})
  void onlyAlertsAboutOurSideStopTheStart(int alert, boolean stops) throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread answers = new Thread(() -> refuse(proxy, alert));
      answers.start();
      RedisAddress address =
          RedisAddress.parse("test", "rediss://127.0.0.1:" + proxy.getLocalPort());
      var checked = assertThatCode(() -> check(RedisLogin.BY_ADDRESS, trusting(identity), address));
      if (stops) {
        checked.hasMessageContaining("refuses TLS");
      } else {
        checked.doesNotThrowAnyException();
      }
    }
  }

  /** Answers each greeting with a fatal alert, until it is closed. */
  private static void refuse(ServerSocket proxy, int alert) {
    while (!proxy.isClosed()) {
      try (Socket client = proxy.accept()) {
        // The whole record, or the close would take the alert away from its reader.
        byte[] header = client.getInputStream().readNBytes(5);
        int length = (header[3] & 0xff) << 8 | header[4] & 0xff;
        client.getInputStream().readNBytes(length);
        client.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, (byte) alert});
        client.shutdownOutput();
        client.getInputStream().readAllBytes();
      } catch (IOException | IndexOutOfBoundsException e) {
        // Closed, here or there.
      }
    }
  }

  @Test
  void redisThatIsAwayIsWaitedForInTheBackground() {
    RedisAddress away = RedisAddress.parse("test", "rediss://127.0.0.1:" + FreePorts.one());
    assertThatCode(() -> check(RedisLogin.BY_ADDRESS, trusting(identity), away))
        .doesNotThrowAnyException();
  }

  private static void giveUser(RedisServer server) {
    RedisClient client = RedisClient.create(server.uri());
    try {
      AclSetuserArgs everything =
          AclSetuserArgs.Builder.on().addPassword("pw").allKeys().allChannels().allCommands();
      assertThat(client.connect().sync().aclSetuser("app", everything)).isEqualTo("OK");
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  @Test
  void renewedPasswordsNeedTheNewerProtocol() {
    try (RedisServer old =
            RedisServer.start(
                RedisOptions.defaults().withArguments("--rename-command", "HELLO", ""));
        RotatingLogin login = new RotatingLogin("default", "any")) {
      RedisAddress address = RedisAddress.parse("test", old.url());
      giveUser(old);
      login.become("app", "pw");
      assertThatThrownBy(() -> check(login, SslOptions.create(), address))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(address.toString())
          .hasMessageContaining("RESP2")
          .hasMessageNotContaining("pw");
      RedisLogin fixed =
          any -> Optional.of(new StaticCredentialsProvider("app", "pw".toCharArray()));
      assertThatCode(() -> check(fixed, SslOptions.create(), address))
          .as("a password that stays needs nothing new")
          .doesNotThrowAnyException();
    }
    giveUser(redis);
    try (RotatingLogin login = new RotatingLogin("app", "pw")) {
      assertThatCode(() -> check(login, SslOptions.create(), RedisAddress.parse("t", redis.url())))
          .doesNotThrowAnyException();
    }
  }
}
