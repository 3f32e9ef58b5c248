package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.Reliable;
import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReliableHubTest {
  private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private Consumer<ReliableGap> gaps = gap -> {};
  private boolean switchedOn = true;
  private TestServer server;

  interface Client {
    void news(String text);
  }

  static class PlainHub extends Hub<Client> {
    private final BlockingQueue<String> told;

    PlainHub(BlockingQueue<String> told) {
      this.told = told;
    }

    @Override
    protected void onGap(ReliableGap gap) {
      clients().others().news("load anew");
      told.add(gap.name() + " " + gap.missing());
    }
  }

  @Reliable
  static class ReliableHub extends Hub<Client> {}

  @Reliable(groups = {"orders-*", "vip"})
  static class PartlyReliableHub extends Hub<Client> {}

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private <H extends Hub<Client>> HubContext<H, Client> context(
      Class<H> type, Supplier<Hub<?>> hubs) {
    server = new TestServer(type, hubs, d -> d, (name, protocols) -> recording());
    return server.server.context();
  }

  /** Keeps what is sent and who wants to hear of gaps. */
  private HubLifetime recording() {
    InProcessHubLifetime real = new InProcessHubLifetime();
    return (HubLifetime)
        Proxy.newProxyInstance(
            HubLifetime.class.getClassLoader(),
            new Class<?>[] {HubLifetime.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "send" -> recorded("plain", arguments, "");
                  case "sendReliably" -> recorded("reliable", arguments, " " + arguments[2]);
                  case "sendsReliably" -> switchedOn;
                  case "onGap" -> {
                    @SuppressWarnings("unchecked")
                    Consumer<ReliableGap> listener = (Consumer<ReliableGap>) arguments[0];
                    gaps = listener;
                    yield null;
                  }
                  default -> method.invoke(real, arguments);
                });
  }

  private Object recorded(String how, Object[] arguments, String more) {
    sent.add(how + " " + ((Invocation) arguments[1]).target() + more);
    return CompletableFuture.completedFuture(null);
  }

  @Test
  void reliableCallsGoThroughTheHistoryTypedAndByName() {
    HubContext<PlainHub, Client> hub = context(PlainHub.class, () -> new PlainHub(told));
    hub.clients().group("g").news("a");
    hub.clients().reliable().group("g").news("b");
    hub.clients().reliable("key").user("u").news("c");
    hub.clients().untyped().group("g").reliable().send("x").toCompletableFuture().join();
    hub.clients().untyped().all().reliable("other").send("y").toCompletableFuture().join();
    assertThat(sent)
        .containsExactly(
            "plain news",
            "reliable news null",
            "reliable news key",
            "reliable x null",
            "reliable y other");
  }

  @Test
  void keysAreNeitherEmptyNorEndless() {
    HubContext<PlainHub, Client> hub = context(PlainHub.class, () -> new PlainHub(told));
    assertThatThrownBy(() -> hub.clients().reliable(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 200");
    assertThatThrownBy(() -> hub.clients().reliable("k".repeat(201)))
        .hasMessageContaining("but has 201");
  }

  @Test
  void annotatedHubIsReliableToManyButNotToSingleConnections() {
    HubContext<ReliableHub, Client> hub = context(ReliableHub.class, ReliableHub::new);
    hub.clients().all().news("");
    hub.clients().user("u").news("");
    hub.clients().client("c").news("");
    assertThat(sent).containsExactly("reliable news null", "reliable news null", "plain news");
  }

  @Test
  void annotationMayNameGroups() {
    HubContext<PartlyReliableHub, Client> hub =
        context(PartlyReliableHub.class, PartlyReliableHub::new);
    hub.clients().group("orders-17").news("");
    hub.clients().group("vip").news("");
    hub.clients().group("VIP").news("");
    hub.clients().all().news("");
    assertThat(sent)
        .containsExactly("reliable news null", "reliable news null", "plain news", "plain news");
  }

  @Test
  void annotatedHubDoesNotStartWhereNothingIsKept() {
    switchedOn = false;
    assertThatThrownBy(() -> context(ReliableHub.class, ReliableHub::new))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shared-redis.hub.reliable.enabled=true");
  }

  @Test
  void gapIsToldToTheHubWhichCanTellItsClients() throws Exception {
    HubContext<PlainHub, Client> unused = context(PlainHub.class, () -> new PlainHub(told));
    gaps.accept(
        new ReliableGap(ReliableGap.Audience.GROUP, "g", 3, ReliableGap.Reason.HISTORY_TOO_SHORT));
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("g 3");
    assertThat(sent).containsExactly("plain news");
  }

  @Test
  void moreGapsThanTheHubTakesAreToldInOneOfAll() throws Exception {
    CountDownLatch free = new CountDownLatch(1);
    HubContext<PlainHub, Client> unused =
        context(
            PlainHub.class,
            () -> {
              awaitQuietly(free);
              return new PlainHub(told);
            });
    for (int i = 0; i < 2 * GapReports.WAITING; i++) {
      gaps.accept(
          new ReliableGap(ReliableGap.Audience.GROUP, "g" + i, 1, ReliableGap.Reason.HISTORY_LOST));
    }
    free.countDown();
    for (int i = 0; i < GapReports.WAITING; i++) {
      assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("g" + i + " 1");
    }
    String next = told.poll(10, TimeUnit.SECONDS);
    if (next != null && next.startsWith("g")) {
      // The first was taken out before the others came.
      next = told.poll(10, TimeUnit.SECONDS);
    }
    assertThat(next).isEqualTo(" -1");
    assertThat(told).isEmpty();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void oneProcessAloneDeliversAtOnceAndAKeyOnce() {
    InProcessHubLifetime alone = new InProcessHubLifetime();
    assertThat(alone.sendsReliably()).isTrue();
    Recipients all = new Recipients.All(Set.of());
    for (int i = 0; i < 2; i++) {
      assertThat(alone.sendReliably(all, Invocation.of(null, "m", List.of()), "k"))
          .isCompletedWithValue(null);
    }
  }
}
