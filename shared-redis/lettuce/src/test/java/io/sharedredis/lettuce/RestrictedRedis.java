package io.sharedredis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.sharedredis.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A server whose user has the rights that the document names for some uses, and no others. */
public final class RestrictedRedis implements AutoCloseable {

  private static final Path DOCUMENT = Path.of("../../docs/redis-acl.md");
  private static final String USER = "app";

  private final RedisServer server = RedisServer.startOwn();
  private final RedisClient client = RedisClient.create(server.uri());
  private final StatefulRedisConnection<String, String> connection = client.connect();
  private final List<String> rights = new ArrayList<>();

  /**
   * @param application put in for {@code APPLICATION}
   * @param hub put in for {@code HUB}
   * @param uses lines of the document
   */
  public RestrictedRedis(String application, String hub, String... uses) {
    rights.addAll(rights("connection"));
    for (String use : uses) {
      rights(use).stream()
          .map(right -> right.replace("APPLICATION", application).replace("HUB", hub))
          .filter(right -> !rights.contains(right))
          .forEach(rights::add);
    }
    acl("SETUSER", USER, "on", ">pw", "resetkeys", "resetchannels", "-@all");
    give(rights.toArray(String[]::new));
    admin().configResetstat();
  }

  /** The words of one line of the document. */
  public static List<String> rights(String use) {
    try (var lines = Files.lines(DOCUMENT)) {
      String line = lines.filter(text -> text.startsWith(use + " ")).findFirst().orElseThrow();
      return List.of(line.substring(use.length()).strip().split(" +"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With the user and its password. */
  public String url() {
    return server.url().replace("redis://", "redis://" + USER + ":pw@");
  }

  /** As somebody who may do everything. */
  public RedisCommands<String, String> admin() {
    return connection.sync();
  }

  /** Changes the user's rights, for connections that stand too. */
  public void give(String... changes) {
    List<String> words = new ArrayList<>(List.of("SETUSER", USER));
    words.addAll(List.of(changes));
    acl(words.toArray(String[]::new));
  }

  private void acl(String... words) {
    CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
    for (String word : words) {
      arguments.add(word);
    }
    assertThat(admin().dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments))
        .isEqualTo("OK");
  }

  /**
   * Nothing was refused, and no right of the document was given for nothing.
   *
   * @param others commands of the document that this test has no use for
   */
  public void assertRightsAreExact(String... others) {
    assertThat(admin().aclLog()).as("what Redis refused").isEmpty();
    Set<String> called =
        admin()
            .info("commandstats")
            .lines()
            .filter(line -> line.startsWith("cmdstat_") && !line.contains(":calls=0,"))
            .map(line -> line.substring("cmdstat_".length(), line.indexOf(':')))
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    assertThat(rights)
        .filteredOn(right -> right.startsWith("+") && !List.of(others).contains(right))
        .as("rights that were used; called were " + called)
        .allMatch(right -> called.contains(right.substring(1)) || called.contains(whole(right)));
  }

  /** Redis before 7.0 does not count subcommands. */
  private static String whole(String right) {
    return right.substring(1).replaceAll("[|].*", "");
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    server.close();
  }
}
