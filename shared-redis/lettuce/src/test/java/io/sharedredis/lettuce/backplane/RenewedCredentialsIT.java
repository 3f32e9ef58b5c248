package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.lettuce.connection.RotatingLogin;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Passwords and users that change while the backplane's connections stand. */
class RenewedCredentialsIT {

  private static final int MESSAGES = 50;

  private final RedisServer redis = RedisServer.startOwn();
  private final RedisClient client = RedisClient.create(redis.uri());
  private final RedisCommands<String, String> admin = client.connect().sync();
  private final RotatingLogin login = new RotatingLogin("blue", "one");
  private final Replicas replicas = Replicas.by(login);
  private final List<String> sent = new ArrayList<>();

  @AfterEach
  void stop() {
    replicas.close();
    login.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  /** One password only: whoever comes with an earlier one is refused and stands in the log. */
  private void user(String name, String password) {
    admin.aclSetuser(
        name,
        AclSetuserArgs.Builder.on()
            .resetpass()
            .addPassword(password)
            .allKeys()
            .allChannels()
            .allCommands());
  }

  private void send(Replica from) {
    for (int i = 0; i < MESSAGES; i++) {
      String target = "m" + sent.size();
      assertThat(
              from.lifetime()
                  .send(new Recipients.All(Set.of()), Invocation.of(null, target, List.of()))
                  .toCompletableFuture())
          .succeedsWithin(Replicas.SOON);
      sent.add(target + "()");
    }
  }

  private long connectionsOf(String user) {
    return admin.clientList().lines().filter(line -> line.contains(" user=" + user)).count();
  }

  @Test
  void connectionsThatListenAreToldOfANewUserAndPasswordAndLoseNothing() {
    user("blue", "one");
    Replica a = replicas.startReliable(redis.url(), ReliableOptions.defaults());
    Replica b = replicas.startReliable(redis.url(), ReliableOptions.defaults());
    TestConnection receiver = b.connect("receiver");
    send(a);
    long connections = connectionsOf("blue");
    assertThat(connections).as("publishing, listening, histories of both").isEqualTo(8);

    user("blue", "two");
    login.become("blue", "two");
    send(a);

    // Who ends a user ends its connections: those that stand afterwards have become another one.
    user("green", "three");
    login.become("green", "three");
    await().atMost(Replicas.SOON).until(() -> connectionsOf("green") == connections);
    assertThat(admin.aclDeluser("blue")).isEqualTo(1);
    send(a);
    await().atMost(Replicas.SOON).until(() -> receiver.received().size() == sent.size());
    assertThat(receiver.received()).isEqualTo(sent);
    assertThat(a.count("connects")).isEqualTo(1);
    assertThat(b.count("connects")).isEqualTo(1);

    user("green", "four");
    login.become("green", "four");
    admin.clientKill(KillArgs.Builder.user("green"));
    await()
        .atMost(Replicas.SOON)
        .until(
            () ->
                a.count("connects") == 2
                    && b.count("connects") == 2
                    && a.backplane().settled()
                    && b.backplane().settled());
    send(a);
    await().atMost(Replicas.SOON).until(() -> receiver.received().size() == sent.size());
    assertThat(receiver.received()).isEqualTo(sent);
    assertThat(admin.aclLog()).as("nobody came with what no longer counts").isEmpty();
  }
}
