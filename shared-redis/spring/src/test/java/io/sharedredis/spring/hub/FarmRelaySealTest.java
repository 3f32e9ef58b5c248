package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class FarmRelaySealTest {
  private static final byte[] PLAIN = {1, 2, 3};

  @Test
  void whatAnotherFarmSealedIsNothing() {
    try (DataProtection farm = DataProtection.ephemeral();
        DataProtection other = DataProtection.ephemeral()) {
      byte[] sealed = new FarmRelaySeal(farm).seal("a", "b", 5, PLAIN);
      assertThat(new FarmRelaySeal(farm).open("a", "b", 5, sealed)).isEqualTo(PLAIN);
      assertThat(new FarmRelaySeal(farm).open("a", "b", 6, sealed)).isNull();
      assertThat(new FarmRelaySeal(other).open("a", "b", 5, sealed)).isNull();
    }
  }

  @Test
  void nothingIsSaidOfASealWhileTheKeyRingCannotBeRead() {
    MutableClock clock = MutableClock.at("2026-11-22T10:00:00Z");
    try (DataProtection farm = DataProtection.ephemeral();
        DataProtection late =
            new DataProtection(
                DataProtectionOptions.builder().build(),
                away(),
                clock,
                new SecureRandom(),
                new ManualScheduler(clock))) {
      byte[] sealed = new FarmRelaySeal(farm).seal("a", "b", 5, PLAIN);
      assertThatThrownBy(() -> new FarmRelaySeal(late).open("a", "b", 5, sealed))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the key ring cannot be read");
    }
  }

  private static KeyRepository away() {
    return (KeyRepository)
        Proxy.newProxyInstance(
            KeyRepository.class.getClassLoader(),
            new Class<?>[] {KeyRepository.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "describe":
                  return "a store that is away";
                case "readAll", "snapshot", "read":
                  throw new StoreUnavailableException("away", null);
                default:
                  return InvocationHandler.invokeDefault(proxy, method, arguments);
              }
            });
  }
}
