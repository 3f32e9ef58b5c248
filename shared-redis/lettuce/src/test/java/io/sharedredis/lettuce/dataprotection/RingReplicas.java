package io.sharedredis.lettuce.dataprotection;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Replicas of a key ring in a process of their own: does what it is told on standard input, a line
 * each, and answers with a line each. Ends with its input.
 *
 * <p>{@code open url ring count} connects; {@code protect millis} opens that many providers, each
 * after a pause of its own of at most so long, and answers their payloads; {@code unprotect
 * payload…} lets every provider open every payload; {@code await payload} answers once as accepted,
 * and once as refused with the monotonic time; {@code check payload}; {@code close}.
 */
final class RingReplicas {
  private static final String TEXT = "what every replica can read";

  private final RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
  private final List<RedisKeyRepository> repositories = new ArrayList<>();
  private final List<DataProtection> providers = new ArrayList<>();
  private final Random random = new Random();

  public static void main(String[] arguments) throws Exception {
    RingReplicas replicas = new RingReplicas();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> words = Arrays.asList(line.split(" "));
      String answer;
      try {
        answer = replicas.obey(words.get(0), words.subList(1, words.size()));
      } catch (Exception e) {
        answer = "failed " + e;
      }
      say(answer);
    }
    Runtime.getRuntime().halt(0);
  }

  private static void say(String line) {
    System.out.println("> " + line.replace('\n', ' '));
    System.out.flush();
  }

  private String obey(String verb, List<String> rest) throws Exception {
    return switch (verb) {
      case "open" -> open(rest.get(0), rest.get(1), Integer.parseInt(rest.get(2)));
      case "protect" -> protect(Integer.parseInt(rest.get(0)));
      case "unprotect" -> unprotect(rest);
      case "await" -> await(rest.get(0));
      case "check" -> check(rest.get(0));
      case "close" -> close();
      default -> throw new IOException("unknown: " + verb);
    };
  }

  private String open(String url, String ring, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      repositories.add(new RedisKeyRepository(network, RedisAddress.parse("replica", url), ring));
    }
    for (RedisKeyRepository repository : repositories) {
      repository.firstConnected().get(60, TimeUnit.SECONDS);
    }
    return "opened";
  }

  private String protect(int millis) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(repositories.size());
    try {
      CyclicBarrier together = new CyclicBarrier(repositories.size());
      List<Callable<String>> starts = new ArrayList<>();
      for (RedisKeyRepository repository : repositories) {
        long pause = millis == 0 ? 0 : random.nextLong(millis * 1_000_000L);
        starts.add(
            () -> {
              together.await(60, TimeUnit.SECONDS);
              LockSupport.parkNanos(pause);
              return protector(open(repository)).protect(TEXT);
            });
      }
      List<String> payloads = new ArrayList<>();
      for (Future<String> start : pool.invokeAll(starts)) {
        payloads.add(start.get());
      }
      return String.join(" ", payloads);
    } finally {
      pool.shutdownNow();
    }
  }

  private DataProtection open(RedisKeyRepository repository) {
    DataProtection provider =
        DataProtection.open(DataProtectionOptions.builder().build(), repository);
    synchronized (providers) {
      providers.add(provider);
    }
    return provider;
  }

  private String unprotect(List<String> payloads) {
    int failures = 0;
    String first = "";
    for (DataProtection provider : providers) {
      for (String payload : payloads) {
        try {
          failures += protector(provider).unprotect(payload).equals(TEXT) ? 0 : 1;
        } catch (DataProtectionException e) {
          failures++;
          first = e.getMessage();
        }
      }
    }
    return failures + " failures " + first;
  }

  private String await(String payload) {
    DataProtector protector = protector(providers.get(0));
    protector.unprotect(payload);
    say("accepted");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      try {
        protector.unprotect(payload);
      } catch (DataProtectionException e) {
        return "refused " + System.nanoTime();
      }
      LockSupport.parkNanos(200_000);
    }
    return "accepted for ever";
  }

  private String check(String payload) {
    long begin = System.nanoTime();
    try {
      protector(providers.get(0)).unprotect(payload);
      protector(providers.get(0)).protect(TEXT);
      return "accepted " + (System.nanoTime() - begin);
    } catch (DataProtectionException e) {
      return "refused " + (System.nanoTime() - begin);
    }
  }

  private String close() {
    providers.forEach(DataProtection::close);
    repositories.forEach(RedisKeyRepository::close);
    providers.clear();
    repositories.clear();
    return "closed";
  }

  private static DataProtector protector(DataProtection provider) {
    return provider.protector("purpose");
  }
}
