package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.ConnectionHandler;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.RawConnection;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.RawServer;
import io.sharedredis.hub.server.TransportListener;
import io.sharedredis.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class ExpiringConnectionsTest {
  private static final Duration SIGNED_IN = Duration.ofSeconds(10);

  private final MutableClock clock = MutableClock.at("2026-01-31T12:00:00Z");
  private final Instant end = clock.instant().plus(SIGNED_IN);
  private final HubConnections connections = new HubConnections();
  private final ExpiringConnections expiring =
      new ExpiringConnections(request -> end, clock, connections);

  /** A raw connection of that name, which hears and says nothing. */
  private TransportListener open(String name) {
    ConnectionHandler silent =
        new ConnectionHandler() {
          @Override
          public void received(RawConnection connection, byte[] bytes) {}
        };
    HubRequest request = new HubRequest("/raw", Map.of(), Map.of(), null, null, null);
    return new RawServer(
            silent,
            HubOptions.defaults(),
            new HubRuntime(Runnable::run, System::nanoTime, connections))
        .open(name, request, new Transport(), false);
  }

  @Test
  void rawConnectionEndsWithItsSignIn() {
    TransportListener other = open("other");
    expiring.seen("one", new MockHttpServletRequest());
    TransportListener one = open("one");
    clock.advance(SIGNED_IN.minusMillis(1));
    expiring.tick();
    assertThat(one.output().finished()).isFalse();
    clock.advance(Duration.ofMillis(1));
    expiring.tick();
    assertThat(one.output().finished()).isTrue();
    assertThat(other.output().finished()).isFalse();
  }

  @Test
  void signInThatEndsBeforeItsConnectionIsOpenEndsItWhenItIs() {
    expiring.seen("one", new MockHttpServletRequest());
    clock.advance(SIGNED_IN);
    expiring.tick();
    TransportListener one = open("one");
    assertThat(one.output().finished()).isFalse();
    expiring.tick();
    assertThat(one.output().finished()).isTrue();
  }

  @Test
  void connectionThatIsNotOpenedInTimeIsForgotten() {
    expiring.seen("one", new MockHttpServletRequest());
    clock.advance(Duration.ofMinutes(2));
    expiring.tick();
    TransportListener another = open("one");
    expiring.tick();
    assertThat(another.output().finished()).isFalse();
  }

  private static final class Transport implements HubTransport {
    @Override
    public String name() {
      return "WebSockets";
    }

    @Override
    public boolean supportsBinary() {
      return true;
    }

    @Override
    public void useBinary(boolean binary) {}

    @Override
    public void outputReady() {}

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    @Override
    public void abort() {}
  }
}
