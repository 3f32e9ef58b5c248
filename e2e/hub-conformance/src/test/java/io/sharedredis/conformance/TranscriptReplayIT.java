package io.sharedredis.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says to the app what was said to ASP.NET Core's server, case by case, and expects its answers.
 * The system property {@code interop.dir} names another folder of the same shape.
 */
class TranscriptReplayIT {

  /** Cases at a time; most of their time is waiting. */
  private static final int AT_ONCE = 12;

  /** A case that waits longest waits for a timeout of ten seconds. */
  private static final long PATIENCE_SECONDS = 120;

  /** More options of the app, such as {@code --shared-redis.hub.sockets=portable}. */
  private static final String OPTIONS = System.getProperty("conformance.options", "");

  private static final Map<String, ConformanceServer> SERVERS = new LinkedHashMap<>();
  private static final ExecutorService POOL = Executors.newFixedThreadPool(AT_ONCE);
  private static final ExecutorService ONE_BY_ONE = Executors.newSingleThreadExecutor();
  private static final Map<String, Future<?>> RUNS = new ConcurrentHashMap<>();
  private static final Map<String, Callable<?>> LATE = new LinkedHashMap<>();

  static Stream<String> cases() throws Exception {
    // What is said to everybody would be heard in the other cases: those come last, one by one.
    for (JsonNode recorded : recording().get("cases")) {
      String name = recorded.get("group").asString() + ": " + recorded.get("name").asString();
      boolean portable = OPTIONS.contains("portable") && Otherwise.echoesCode(recorded);
      if (!portable && Otherwise.reason(recorded) == null) {
        ConformanceServer server = server(recorded);
        Callable<?> run =
            () -> {
              try (Replay replay = new Replay(server, recorded)) {
                replay.run();
              }
              return "done";
            };
        if (recorded.toString().contains("\"target\\\":\\\"To")) {
          LATE.put(name, run);
        } else {
          RUNS.put(name, POOL.submit(run));
        }
      }
    }
    LATE.forEach((name, run) -> RUNS.put(name, ONE_BY_ONE.submit(() -> afterAllOthers(run))));
    return RUNS.keySet().stream().sorted();
  }

  private static Object afterAllOthers(Callable<?> run) throws Exception {
    for (Map.Entry<String, Future<?>> other : RUNS.entrySet()) {
      if (!LATE.containsKey(other.getKey())) {
        try {
          Object unused = other.getValue().get();
        } catch (ExecutionException e) {
          // Its own test tells.
        }
      }
    }
    return run.call();
  }

  /** The server with the options a case was recorded with. */
  private static ConformanceServer server(JsonNode recorded) throws Exception {
    String group = recorded.get("group").asString();
    String what = recorded.path("what").asString("");
    String options =
        group.startsWith("inactivity")
            ? "--disconnect-timeout 3"
            : what.contains("MaxConcurrentConnections")
                ? "--max-connections 2"
                : group.startsWith("connection limits") ? "--max-upgraded 1" : "";
    ConformanceServer known = SERVERS.get(options);
    if (known == null) {
      String all = String.join(" ", "--json-names camel", OPTIONS, options).strip();
      known = ConformanceServer.start(all.split(" +"));
      SERVERS.put(options, known);
    }
    return known;
  }

  private static JsonNode recording() throws IOException {
    String given = System.getProperty("interop.dir");
    try (InputStream in =
        given == null
            ? TranscriptReplayIT.class.getResourceAsStream("/transcripts.json")
            : Files.newInputStream(Path.of(given, "signalr-server", "transcripts.json"))) {
      return JsonMapper.shared().readTree(in);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void appAnswersAsRecorded(String name) throws Throwable {
    try {
      Object unused = RUNS.get(name).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  @AfterAll
  static void stop() {
    POOL.shutdownNow();
    ONE_BY_ONE.shutdownNow();
    SERVERS.values().forEach(ConformanceServer::close);
  }
}
