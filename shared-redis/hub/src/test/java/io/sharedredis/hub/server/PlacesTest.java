package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.server.HubConnections.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private final HubConnections connections = new HubConnections();

  @Test
  void placeIsFreeWhenItIsReleasedOnceOrTwice() {
    Place place = connections.reserve(1);
    assertThat(connections.reserve(1)).isNull();
    assertThat(connections.full(1)).isTrue();
    place.release();
    place.release();
    assertThat(connections.reserve(1)).isNotNull();
    assertThat(connections.reserve(1)).isNull();
  }

  @Test
  void placeThatNobodyReleasesIsFreeAgainInTheEnd() {
    Place forgotten = connections.reserve(1);
    for (int second = 1; second < HubConnections.KEPT_BEATS; second++) {
      connections.heartbeat();
    }
    assertThat(connections.full(1)).isTrue();
    connections.heartbeat();
    assertThat(connections.reserve(1)).isNotNull();
    forgotten.release();
    assertThat(connections.full(1)).as("the place is another's now").isTrue();
  }

  @Test
  void ofManyThatComeAtOnceNoMoreThanThereArePlacesFindOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Place>> asked = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        asked.add(
            threads.submit(
                () -> {
                  start.await();
                  return connections.reserve(50);
                }));
      }
      start.countDown();
      List<Place> places = new ArrayList<>();
      for (Future<Place> one : asked) {
        places.add(one.get(20, TimeUnit.SECONDS));
      }
      assertThat(places.stream().filter(Objects::nonNull)).hasSize(50);
    } finally {
      threads.shutdownNow();
    }
  }
}
