package io.sharedredis.lettuce.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.hub.Presence;
import io.sharedredis.hub.Presence.Count;
import io.sharedredis.hub.Presence.Listening;
import io.sharedredis.hub.Presence.Page;
import io.sharedredis.hub.PresenceEvent;
import io.sharedredis.hub.PresenceEvent.MemberJoined;
import io.sharedredis.hub.PresenceEvent.MemberLeft;
import io.sharedredis.hub.PresenceEvent.UserJoined;
import io.sharedredis.hub.PresenceEvent.UserLeft;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import io.sharedredis.testkit.backplane.LineProtocol;
import io.sharedredis.testkit.backplane.TestConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Presence of a hub on one replica alone, which keeps no record. */
class LocalPresenceTest {

  private final InProcessHubLifetime lifetime = new InProcessHubLifetime();
  private final Presence presence = lifetime.presence();

  private TestConnection connect(String id, String user, String... groups) {
    TestConnection connection = new TestConnection(id, user, new LineProtocol("line"));
    done(lifetime.onConnected(connection));
    for (String group : groups) {
      done(lifetime.addToGroup(id, group));
    }
    return connection;
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  @Test
  void everythingIsKnown() {
    connect("c1", "ann", "g", "h");
    connect("c2", "ann", "g");
    connect("c3", null);
    assertThat(done(presence.connections())).isEqualTo(new Count(3, false));
    assertThat(done(presence.users().count()).value()).isEqualTo(1);
    assertThat(done(presence.groups().page(null, 1))).isEqualTo(new Page(List.of("g"), "g", false));
    assertThat(done(presence.groups().page("g", 1))).isEqualTo(new Page(List.of("h"), null, false));
    assertThat(done(presence.user("ann").page(null, 5)).names()).containsExactly("c1", "c2");
    assertThat(done(presence.group("g").count()).value()).isEqualTo(2);
    assertThat(done(presence.group("g").isConnected())).isTrue();
    assertThat(done(presence.user("bob").isConnected())).isFalse();
    assertThat(done(presence.connection("c3").count()).value()).isEqualTo(1);
    assertThat(done(presence.everyone().page("c1", 5)).names()).containsExactly("c2", "c3");
  }

  @Test
  void whoComesAndGoesIsTold() {
    List<PresenceEvent> heard = new ArrayList<>();
    Listening failing =
        presence.listen(
            event -> {
              throw new IllegalStateException("a listener that fails harms nobody");
            });
    Listening listening = presence.listen(heard::add);
    TestConnection one = connect("c1", "ann", "g");
    TestConnection two = connect("c2", "ann");
    done(lifetime.removeFromGroup("c1", "g"));
    done(lifetime.removeFromGroup("c1", "g"));
    done(lifetime.addToGroup("nobody", "g"));
    done(lifetime.addToGroup("c2", "h"));
    done(lifetime.onDisconnected(one));
    done(lifetime.onDisconnected(two));
    assertThat(heard)
        .containsExactly(
            new UserJoined("ann"),
            new MemberJoined("g", "c1", "ann"),
            new MemberLeft("g", "c1", "ann"),
            new MemberJoined("h", "c2", "ann"),
            new MemberLeft("h", "c2", "ann"),
            new UserLeft("ann"));
    listening.close();
    failing.close();
    connect("c4", "dora");
    assertThat(heard).hasSize(6);
  }

  @Test
  void pageWithoutNamesOrWithTooManyIsRefused() {
    for (int limit : List.of(0, -1, Presence.LARGEST_PAGE + 1)) {
      assertThatThrownBy(() -> presence.users().page(null, limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 1000");
    }
  }
}
