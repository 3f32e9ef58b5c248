package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import io.sharedredis.lettuce.backplane.History.Appended;
import io.sharedredis.lettuce.backplane.History.Entry;
import io.sharedredis.lettuce.backplane.History.Kept;
import io.sharedredis.lettuce.backplane.History.Page;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What lies in Redis for reliable messages, and how the script changes it. */
class RedisHistoryIT {

  private static final long PUBLISHER = 0x0123456789abcdefL;

  private static RedisNetwork network;
  private static RedisHistory history;
  private static RedisClient client;
  private static RedisCommands<String, byte[]> redis;

  private final String channel = "Test.Hub:group:" + UUID.randomUUID();

  @BeforeAll
  static void open() {
    SharedTestRedis.STANDALONE.start();
    String url = SharedTestRedis.STANDALONE.url();
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    history =
        new RedisHistory(
            network,
            RedisAddress.parse("test", url),
            new ChannelNames("app:", 0),
            ReliableOptions.defaults().withHistory(200, Duration.ofMinutes(10)));
    client = RedisClient.create(RedisURI.create(url));
    redis = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)).sync();
    // Before the link stands it refuses.
    Awaitility.await()
        .atMost(Replicas.SOON)
        .ignoreExceptions()
        .until(() -> done(history.end("nothing")).equals(Position.START));
  }

  @AfterAll
  static void close() {
    client.shutdown(0, 1, TimeUnit.SECONDS);
    history.close();
    network.close();
  }

  private String key(String part) {
    return "app:shared-redis:backplane:reliable:{" + channel + "}:" + part;
  }

  private static <T> T done(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static Entry entry(long number, String key) {
    return new Entry(
        number,
        BackplaneCodec.beforePosition(List.of(), Map.of("json", new byte[] {(byte) number})),
        BackplaneCodec.afterPosition(new Stamp(PUBLISHER, number, 0)),
        key);
  }

  private Appended append(Position confirmed, Entry... entries) throws Exception {
    return done(history.append(channel, PUBLISHER, List.of(entries), confirmed));
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.US_ASCII);
  }

  @Test
  void entriesAreWhatTheDocumentSays() throws Exception {
    Appended appended = append(Position.START, entry(1, null), entry(2, null));

    List<Position> positions = appended.positions();
    Position first = positions.get(0);
    assertThat(positions).containsExactly(first, new Position(first.epoch(), 2));
    assertThat(first.offset()).isOne();
    assertThat(appended.confirmed()).isTrue();
    var entries = redis.xrange(key("stream"), Range.unbounded());
    assertThat(entries).hasSize(2);
    assertThat(entries.get(1).getId()).isEqualTo(first.epoch() + "-2");
    assertThat(text(entries.get(0).getBody().get("p"))).isEqualTo("0-0");
    assertThat(text(entries.get(1).getBody().get("p"))).isEqualTo(first.toString());
    byte[] payload = entries.get(1).getBody().get("m");
    byte[] before = entry(2, null).before();
    byte[] after = entry(2, null).after();
    byte[] position = BackplaneCodec.position(positions.get(1));
    assertThat(payload)
        .startsWith(before)
        .endsWith(after)
        .hasSize(before.length + position.length + after.length)
        .containsSequence(position);
    assertThat(BackplaneCodec.delivery(payload).position()).isEqualTo(positions.get(1));
    assertThat(text(redis.hget(key("end"), "epoch"))).isEqualTo("" + first.epoch());
    assertThat(text(redis.hget(key("end"), "offset"))).isEqualTo("2");
    assertThat(text(redis.hget(key("end"), "server"))).matches("[0-9a-f]{40}");
    assertThat(text(redis.get(key("sent:" + Long.toHexString(PUBLISHER)))))
        .isEqualTo("2 " + positions.get(1));
  }

  @Test
  void everythingHasALifetimeAndABound() throws Exception {
    for (int from = 1; from <= 1_000; from += 100) {
      Entry[] batch = new Entry[100];
      for (int i = 0; i < batch.length; i++) {
        batch[i] = entry(from + i, i == 0 ? "key-" + from : null);
      }
      append(Position.START, batch);
    }
    // Redis trims by blocks of a hundred entries.
    assertThat(redis.xlen(key("stream"))).isBetween(200L, 310L);
    long minutes = Duration.ofMinutes(10).toMillis();
    assertThat(redis.pttl(key("stream"))).isBetween(minutes / 2, minutes);
    assertThat(redis.pttl(key("sent:" + Long.toHexString(PUBLISHER)))).isBetween(1L, minutes);
    assertThat(redis.pttl(key("once:key-901"))).isBetween(minutes / 2, minutes);
    assertThat(redis.pttl(key("end")))
        .isBetween(Duration.ofHours(23).toMillis(), Duration.ofDays(1).toMillis());
  }

  @Test
  void numbersAndKeysThatAreKnownAreNotKeptAgain() throws Exception {
    Position first = append(Position.START, entry(5, "k")).positions().get(0);
    assertThat(append(Position.START, entry(5, "k")).positions()).containsExactly(first);
    assertThat(append(Position.START, entry(4, null)).positions()).containsExactly(first);
    Position next = append(Position.START, entry(6, "k"), entry(7, null)).positions().get(1);
    assertThat(next).isEqualTo(new Position(first.epoch(), 2));
    // A number that went out under a known key is known too.
    assertThat(append(Position.START, entry(6, null)).positions()).containsExactly(next);
    assertThat(redis.xlen(key("stream"))).isEqualTo(2);
  }

  @Test
  void anotherServerBeginsANewEpochThatIsLinkedToTheOld() throws Exception {
    Position old = append(Position.START, entry(1, null)).positions().get(0);
    redis.hset(key("end"), "server", "another".getBytes(StandardCharsets.US_ASCII));
    Position fresh = append(old, entry(2, null)).positions().get(0);
    assertThat(fresh).isGreaterThan(old);
    assertThat(fresh.offset()).isOne();
    List<Kept> kept = done(history.after(channel, old, 10, 1_000)).kept();
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).previous()).isEqualTo(old);
  }

  @Test
  void whatAPublisherKnowsToBeConfirmedAndIsMissingIsNamedInTheNextEntry() throws Exception {
    Position old = append(Position.START, entry(1, null)).positions().get(0);
    Position told = new Position(old.epoch(), 4);
    Position fresh = append(told, entry(5, null)).positions().get(0);
    assertThat(fresh.epoch()).isGreaterThan(old.epoch());
    assertThat(done(history.after(channel, old, 10, 1_000)).kept().get(0).previous())
        .isEqualTo(told);
    // And an epoch that this server has never heard of is passed.
    Position far = new Position(fresh.epoch() + Duration.ofDays(1).toMillis(), 1);
    assertThat(append(far, entry(6, null)).positions().get(0)).isGreaterThan(far);
  }

  @Test
  void anEndThatWasEvictedIsFoundInTheHistory() throws Exception {
    Position old = append(Position.START, entry(1, null), entry(2, null)).positions().get(1);
    redis.del(key("end"));
    Position fresh = append(Position.START, entry(3, null)).positions().get(0);
    assertThat(fresh).isGreaterThan(old);
    assertThat(done(history.after(channel, old, 10, 1_000)).kept().get(0).previous())
        .isEqualTo(old);
    assertThat(done(history.end(channel))).isEqualTo(fresh);
  }

  @Test
  void anEntryThatSomebodyElseWroteTakesNothingButItselfAway() throws Exception {
    Position first = append(Position.START, entry(1, null)).positions().get(0);
    redis.xadd(key("stream"), new XAddArgs().id(first.epoch() + "-2"), Map.of("x", new byte[] {1}));
    Position far = new Position(first.epoch() + 1, 1);
    redis.xadd(
        key("stream"),
        new XAddArgs().id(far.toString()),
        Map.of("m", new byte[] {2}, "p", new byte[] {'?'}));
    List<Kept> kept = done(history.after(channel, Position.START, 10, 1_000)).kept();
    assertThat(kept.stream().map(Kept::position))
        .containsExactly(first, new Position(first.epoch(), 2), far);
    assertThat(kept.get(1).payload()).isEmpty();
    assertThat(kept.get(1).previous()).isEqualTo(first);
  }

  @Test
  void aPageHoldsAsManyAsFitAndOneThatFitsInNoneComesAlone() throws Exception {
    for (int i = 1; i <= 40; i++) {
      int length = i == 20 ? 50_000 : 50;
      append(
          Position.START,
          new Entry(
              i,
              BackplaneCodec.beforePosition(List.of(), Map.of("json", new byte[length])),
              BackplaneCodec.afterPosition(new Stamp(PUBLISHER, i, 0)),
              null));
    }
    List<Integer> pages = new ArrayList<>();
    Position from = Position.START;
    Page page;
    do {
      page = done(history.after(channel, from, 15, 1_000));
      pages.add(page.kept().size());
      from = page.kept().get(page.kept().size() - 1).position();
    } while (page.more());
    assertThat(from).isEqualTo(page.end()).isEqualTo(done(history.end(channel)));
    assertThat(pages.stream().mapToInt(Integer::intValue).sum()).isEqualTo(40);
    assertThat(pages).contains(1).allMatch(size -> size <= 12);
    assertThat(done(history.after(channel, Position.START, 15, 1_000_000)).kept()).hasSize(15);
    assertThat(done(history.after(channel, Position.START, 40, 1_000_000)).more()).isFalse();
    assertThat(done(history.after(channel, from, 40, 1_000_000)))
        .isEqualTo(new Page(from, List.of(), false));
  }

  @Test
  void namesThatWouldTearAHistoryApartAreRefused() {
    RedisAddress address = RedisAddress.parse("test", SharedTestRedis.STANDALONE.url());
    for (String prefix : List.of("{}", "app{", "}app:")) {
      assertThatThrownBy(
              () ->
                  new RedisBackplane(
                      network,
                      address,
                      BackplaneOptions.named("a").withChannelPrefix(prefix),
                      ReliableOptions.defaults(),
                      InstantSource.system(),
                      Executors.newScheduledThreadPool(0),
                      new SecureRandom(),
                      new BackplaneMeters()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("channelPrefix")
          .hasMessageContaining(prefix);
    }
    assertThatThrownBy(() -> new Channels("}Hub")).hasMessageContaining("}Hub");
  }

  @Test
  void anEndThatIsNoPositionIsRefusedForGood() {
    redis.hset(key("end"), "epoch", new byte[] {'x'});
    redis.hset(key("end"), "offset", new byte[] {'1'});
    assertThatThrownBy(() -> done(history.end(channel)))
        .satisfies(
            failure ->
                assertThat(HistoryException.kindOf(failure.getCause()))
                    .isEqualTo(HistoryException.Kind.REFUSED));
  }

  @Test
  void whatIsNoHistoryIsRefusedForGood() {
    redis.set(key("stream"), new byte[] {1});
    assertThatThrownBy(() -> append(Position.START, entry(1, null)))
        .hasRootCauseInstanceOf(RedisCommandExecutionException.class)
        .satisfies(
            failure ->
                assertThat(HistoryException.kindOf(failure.getCause()))
                    .isEqualTo(HistoryException.Kind.REFUSED));
  }

  @Test
  void whatSomebodyElseWroteBehindTheEndBeginsAnEpochBehindIt() throws Exception {
    Position first = append(Position.START, entry(1, null)).positions().get(0);
    long foreign = first.epoch() + 1_000_000_000;
    redis.xadd(key("stream"), new XAddArgs().id(foreign + "-5"), Map.of("m", new byte[] {1}));

    List<Position> positions = append(first, entry(2, null), entry(3, null)).positions();

    assertThat(positions)
        .containsExactly(new Position(foreign + 1, 1), new Position(foreign + 1, 2));
    assertThat(done(history.end(channel))).isEqualTo(positions.get(1));
    byte[] previous = redis.xrange(key("stream"), Range.unbounded()).get(2).getBody().get("p");
    assertThat(text(previous)).isEqualTo(foreign + "-5");
    assertThat(append(positions.get(1), entry(4, null)).positions())
        .containsExactly(new Position(foreign + 1, 3));
  }

  @Test
  void whereSomebodyElseLeftNoIdsMessagesAreRefused() throws Exception {
    Position first = append(Position.START, entry(1, null)).positions().get(0);
    redis.xadd(
        key("stream"),
        new XAddArgs().id(Long.MAX_VALUE + "-" + Long.MAX_VALUE),
        Map.of("m", new byte[] {1}));
    assertThatThrownBy(() -> append(first, entry(2, null)))
        .satisfies(
            failure ->
                assertThat(HistoryException.kindOf(failure.getCause()))
                    .isEqualTo(HistoryException.Kind.REFUSED));
  }

  @Test
  void whatMayNotBePublishedIsKept() throws Exception {
    RedisNetwork restricted = new RedisNetwork(RedisDeadlines.DEFAULT);
    String user = "quiet-" + UUID.randomUUID();
    acl("SETUSER", user, "on", ">pw", "+@all", "~*", "resetchannels");
    String url = SharedTestRedis.STANDALONE.url().replace("redis://", "redis://" + user + ":pw@");
    try (RedisHistory quiet =
        new RedisHistory(
            restricted,
            RedisAddress.parse("test", url),
            new ChannelNames("app:", 0),
            ReliableOptions.defaults())) {
      Awaitility.await()
          .atMost(Replicas.SOON)
          .ignoreExceptions()
          .until(() -> done(quiet.end("nothing")).equals(Position.START));
      Position kept =
          done(quiet.append(channel, PUBLISHER, List.of(entry(1, null)), Position.START))
              .positions()
              .get(0);
      acl("SETUSER", user, "allchannels");
      assertThat(done(quiet.append(channel, PUBLISHER, List.of(entry(2, null)), kept)).positions())
          .containsExactly(new Position(kept.epoch(), 2));
      assertThat(done(history.end(channel))).isEqualTo(new Position(kept.epoch(), 2));
    } finally {
      restricted.close();
      acl("DELUSER", user);
    }
    assertThat(redis.xlen(key("stream"))).isEqualTo(2);
  }

  private static void acl(String... words) {
    CommandArgs<String, byte[]> arguments =
        new CommandArgs<>(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    for (String word : words) {
      arguments.add(word);
    }
    Object unused =
        redis.dispatch(
            CommandType.ACL,
            new ArrayOutput<>(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)),
            arguments);
  }
}
