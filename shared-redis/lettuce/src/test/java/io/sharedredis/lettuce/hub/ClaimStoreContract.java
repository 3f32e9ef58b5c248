package io.sharedredis.lettuce.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.hub.ClaimAnswer.Elsewhere;
import io.sharedredis.lettuce.hub.ClaimAnswer.Made;
import io.sharedredis.lettuce.hub.ClaimAnswer.None;
import io.sharedredis.lettuce.hub.ClaimAnswer.Own;
import io.sharedredis.lettuce.hub.ClaimStore.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What two replicas of one farm may rely on, whatever their claims lie in. */
abstract class ClaimStoreContract {
  private static int number;

  final ClaimedConnection connection = connection(1);

  /** A connection that no other test has used. */
  static ClaimedConnection connection(int version) {
    String id = String.format("connection-%011d", number++);
    return new ClaimedConnection(id, version, "/hub/some hub");
  }

  abstract ClaimStore a();

  abstract ClaimStore b();

  @Test
  void firstReplicaThatAsksBecomesTheOwner() {
    assertThat(a().claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Made());
    assertThat(a().claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Own());
    assertThat(b().claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Elsewhere("a"));
    assertThat(b().claim(connection, Right.NONE)).isEqualTo(new Elsewhere("a"));
  }

  @Test
  void ofManyThatAskAtOnceOneBecomesTheOwner() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<CompletableFuture<ClaimAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      ClaimStore store = i % 2 == 0 ? a() : b();
      answers.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                return store.claim(connection, Right.FRESH_TOKEN);
              },
              task -> new Thread(task).start()));
    }
    start.countDown();
    assertThat(answers.stream().map(CompletableFuture::join))
        .filteredOn(Made.class::isInstance)
        .hasSize(1);
  }

  @Test
  void oldTokenNamesAConnectionAndOpensNone() {
    assertThat(a().claim(connection, Right.NONE)).isEqualTo(new None());
    assertThat(b().claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Made());
    assertThat(a().claim(connection, Right.NONE)).isEqualTo(new Elsewhere("b"));
  }

  @Test
  void reservationOpensItsHubOnceAtAnyReplica() {
    ClaimedConnection old = connection(0);
    ClaimedConnection foreign = new ClaimedConnection(old.connectionId(), 0, "/hub/other");
    assertThat(a().claim(old, Right.RESERVATION)).isEqualTo(new None());
    a().reserve(old.connectionId(), old.hubPath());
    assertThat(b().claim(foreign, Right.RESERVATION)).isEqualTo(new None());
    assertThat(b().claim(old, Right.RESERVATION)).isEqualTo(new Made());
    assertThat(a().claim(old, Right.RESERVATION)).isEqualTo(new Elsewhere("b"));
    b().end(old).toCompletableFuture().join();
    assertThat(a().claim(old, Right.RESERVATION)).isEqualTo(new None());
  }

  @Test
  void publicNameOrAnotherHubReachesNoConnectionOfASecretToken() {
    assertThat(a().claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Made());
    ClaimedConnection byName =
        new ClaimedConnection(connection.connectionId(), 0, connection.hubPath());
    ClaimedConnection foreign = new ClaimedConnection(connection.connectionId(), 1, "/hub/other");
    b().reserve(byName.connectionId(), byName.hubPath());
    assertThat(b().claim(byName, Right.RESERVATION)).isEqualTo(new None());
    assertThat(b().claim(foreign, Right.FRESH_TOKEN)).isEqualTo(new None());
  }

  @Test
  void connectionThatHasEndedIsNobodysAgain() {
    assertThat(a().claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Made());
    b().end(connection).toCompletableFuture().join();
    assertThat(b().claim(connection, Right.NONE)).isEqualTo(new Elsewhere("a"));
    a().end(connection).toCompletableFuture().join();
    assertThat(b().claim(connection, Right.FRESH_TOKEN)).isEqualTo(new None());
    assertThat(a().keep(connection).toCompletableFuture().join()).isFalse();
  }

  @Test
  void connectionIsTakenOverFromItsOwnerOnly() {
    assertThat(a().claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Made());
    assertThat(b().takeOver(connection, "c")).isFalse();
    assertThat(b().takeOver(connection, "a")).isTrue();
    assertThat(a().claim(connection, Right.NONE)).isEqualTo(new Elsewhere("b"));
    assertThat(a().keep(connection).toCompletableFuture().join()).isFalse();
  }

  @Test
  void claimMadeWithoutRedisIsRecordedLater() {
    assertThat(a().keep(connection).toCompletableFuture().join()).isTrue();
    assertThat(a().keep(connection).toCompletableFuture().join()).isTrue();
    assertThat(b().claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Elsewhere("a"));
  }
}
