package io.sharedredis.lettuce.backplane;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reliable messages over one Redis that writes everything down before it answers. */
class ReliableFaultsIT {

  private static RedisServer redis;
  private static FaultyProxy proxy;

  /** What happens while messages flow. */
  enum Fault {
    REDIS_KILLED {
      @Override
      void happen(ReliableLoad load) {
        redis.kill();
        load.letTimePass(50, 500);
        redis.startAgain();
      }
    },
    REDIS_STOPPED_IN_ORDER {
      @Override
      void happen(ReliableLoad load) {
        redis.restart();
      }
    },
    REDIS_STALLED {
      @Override
      void happen(ReliableLoad load) {
        redis.pause();
        load.letTimePass(1_200, 2_500);
        redis.resume();
      }
    },
    LISTENING_CONNECTIONS_KILLED {
      @Override
      void happen(ReliableLoad load) {
        for (int i = 0; i < 3; i++) {
          Replicas.admin(
              redis.url(), commands -> commands.clientKill(KillArgs.Builder.typePubsub()));
          load.letTimePass(20, 300);
        }
      }
    },
    OTHER_CONNECTIONS_KILLED {
      @Override
      void happen(ReliableLoad load) {
        for (int i = 0; i < 3; i++) {
          Replicas.admin(
              redis.url(), commands -> commands.clientKill(KillArgs.Builder.typeNormal().skipme()));
          load.letTimePass(20, 300);
        }
      }
    },
    NETWORK_RESET {
      @Override
      void happen(ReliableLoad load) {
        for (int i = 0; i < 3; i++) {
          proxy.reset();
          load.letTimePass(20, 300);
          proxy.heal();
        }
      }
    },
    NETWORK_OF_THE_SENDER_RESET {
      @Override
      void happen(ReliableLoad load) {
        NETWORK_RESET.happen(load);
      }
    },
    NETWORK_SWALLOWS {
      @Override
      void happen(ReliableLoad load) {
        proxy.blackHole();
        load.letTimePass(300, 1_500);
        proxy.reset();
        proxy.heal();
      }
    },
    NETWORK_SLOW {
      @Override
      void happen(ReliableLoad load) {
        proxy.delay(Duration.ofMillis(20));
        load.letTimePass(300, 1_000);
        proxy.heal();
      }
    };

    abstract void happen(ReliableLoad load);

    /** Whether replica b certainly loses its subscription. */
    boolean cutsTheListener() {
      return switch (this) {
        case REDIS_STALLED, OTHER_CONNECTIONS_KILLED, NETWORK_SLOW -> false;
        default -> true;
      };
    }
  }

  @BeforeAll
  static void start() {
    redis = RedisServer.start(RedisOptions.defaults().withAppendOnly());
    proxy = FaultyProxy.to(redis);
  }

  @AfterAll
  static void stop() {
    proxy.close();
    redis.close();
  }

  @ParameterizedTest
  @EnumSource
  void confirmedMessagesArriveOnceAndInOrderWhateverFails(Fault fault) throws Exception {
    try (Replicas replicas = new Replicas()) {
      boolean network = fault.name().startsWith("NETWORK");
      Replica a =
          replicas.startReliable(
              fault == Fault.NETWORK_OF_THE_SENDER_RESET ? proxy.redisUrl() : redis.url(),
              ReliableLoad.OPTIONS);
      Replica b =
          replicas.startReliable(network ? proxy.redisUrl() : redis.url(), ReliableLoad.OPTIONS);
      ReliableLoad load = new ReliableLoad(fault.name(), replicas.hub, a, b);
      long before = b.count("disconnects");
      load.run(() -> fault.happen(load));
      if (fault.cutsTheListener()) {
        await("the fault is felt")
            .atMost(Replicas.SOON)
            .until(() -> b.count("disconnects") > before);
      }
    }
  }
}
