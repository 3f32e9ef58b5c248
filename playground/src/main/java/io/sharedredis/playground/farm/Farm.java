package io.sharedredis.playground.farm;

import io.sharedredis.playground.gateway.Gateway;
import io.sharedredis.playground.gateway.ReplicaPool;
import io.sharedredis.playground.gateway.Upstream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The running farm. Everything is started by {@link #start} and ended by {@link #close}, in the
 * reverse order, also when the start fails half way.
 */
public final class Farm implements AutoCloseable {

  private final FarmOptions options;
  private final Progress progress;
  private final Path farmFile;
  private final BooleanSupplier cancelled;
  private final ReentrantLock writing = new ReentrantLock();
  private final List<Replica> replicas = new ArrayList<>();
  private final Deque<Step> started = new ArrayDeque<>();
  private @Nullable Stores stores;
  private volatile boolean described;
  private volatile boolean stopping;

  private interface Step {
    void undo() throws InterruptedException;
  }

  private Farm(FarmOptions options, Progress progress, BooleanSupplier cancelled) {
    this.cancelled = cancelled;
    this.options = options;
    this.progress = progress;
    this.farmFile = options.runDirectory().resolve("farm.json");
  }

  /**
   * Starts everything and returns when every replica is ready behind the gateway.
   *
   * @param cancelled asked between steps; when true, what has started is ended again
   * @throws CancellationException if cancelled
   */
  public static Farm start(
      FarmOptions options, String clientSecret, Progress progress, BooleanSupplier cancelled)
      throws InterruptedException {
    Farm farm = new Farm(options, progress, cancelled);
    try {
      farm.startAll(clientSecret);
      return farm;
    } catch (InterruptedException | RuntimeException e) {
      farm.close();
      throw e;
    }
  }

  private void startAll(String clientSecret) throws InterruptedException {
    ReplicaPlan plan = new ReplicaPlan(options, clientSecret);
    Map<App, Path> jars = plan.jars();
    RunDirectory directory = RunDirectory.claim(options.runDirectory());
    started.push(directory::close);
    WatchdogLink watchdog = WatchdogLink.start(directory.journal(), directory.log("watchdog"));
    started.push(watchdog::close);
    Ports.requireFree(plan.ports());
    directory.prepare();
    directory.descriptions().forEach(file -> watchdog.note(Leftovers.files(file)));

    UnpackedJars unpacked = UnpackedJars.begin(jars, directory.cache("apps"), directory);
    started.push(unpacked::stop);
    Stores running = new Stores(options, directory, watchdog, progress, () -> !stopping);
    started.push(running::stop);
    stores = running;
    running.start();
    continueUnlessCancelled();
    startGateway(plan.replicas(unpacked.await(), running), directory, watchdog);
    described = true;
    writeFarmFile();
  }

  private void startGateway(List<ReplicaSpec> specs, RunDirectory directory, WatchdogLink watchdog)
      throws InterruptedException {
    for (ReplicaSpec spec : specs) {
      Replica replica = new Replica(spec, directory.log(spec.name()), watchdog, this::reportDeath);
      replicas.add(replica);
    }
    started.push(this::stopReplicas);
    for (Replica replica : replicas) {
      replica.start();
      progress.step(
          String.format(
              "%-10s starting on port %d (pid %d)",
              replica.spec().name(), replica.spec().port(), replica.pid()));
    }
    ReplicaPool webspa = pool(App.WEBSPA);
    ReplicaPool identity = pool(App.IDENTITY);
    Gateway gateway = Gateway.start(options.bind(), options.gatewayPort(), webspa, identity);
    started.push(gateway::close);
    progress.step("gateway    " + options.gatewayUrl() + " (round-robin, no affinity)");
    List<Upstream> all = new ArrayList<>(webspa.replicas());
    all.addAll(identity.replicas());
    awaitReady(all);
  }

  private ReplicaPool pool(App app) {
    List<Upstream> upstreams = new ArrayList<>();
    for (Replica replica : replicas) {
      if (replica.spec().app() == app) {
        upstreams.add(
            new Upstream(replica.spec().name(), replica.spec().origin(), this::reportTraffic));
      }
    }
    return new ReplicaPool(app.prefix(), upstreams);
  }

  private void awaitReady(List<Upstream> upstreams) throws InterruptedException {
    List<Upstream> waiting = new ArrayList<>(upstreams);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.startSeconds());
    while (!waiting.isEmpty()) {
      continueUnlessCancelled();
      for (Upstream ready : waiting.stream().filter(Upstream::isReady).toList()) {
        waiting.remove(ready);
      }
      for (Replica replica : replicas) {
        if (!replica.isAlive()) {
          throw failed(replica, "ended before it was ready");
        }
      }
      if (!waiting.isEmpty() && System.nanoTime() > deadline) {
        throw failed(
            find(waiting.get(0).name()).orElseThrow(),
            "is not ready after " + options.startSeconds() + " s");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private void reportTraffic(Upstream replica) {
    if (!stopping) {
      String where = replica.isReady() ? "ready, in traffic" : "out of traffic";
      progress.step(String.format("%-10s %s", replica.name(), where));
    }
  }

  private void reportDeath(Replica replica, String how) {
    progress.step(replica.spec().name() + " " + how);
    if (described) {
      writeFarmFile();
    }
  }

  private void continueUnlessCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("asked to stop before it was ready");
    }
  }

  private static FarmException failed(Replica replica, String what) {
    return new FarmException(
        replica.spec().name()
            + " "
            + what
            + "; the end of its log, "
            + replica.log()
            + ":\n  "
            + String.join("\n  ", replica.lastLines(15)));
  }

  /** Where people open it. */
  public String url() {
    return options.publicOrigin();
  }

  /** What the farm is made of at the moment, as a table. */
  public String table() {
    return describe().table();
  }

  /** Kills a replica (or {@code redis}) without warning. */
  public String kill(String name) {
    if (name.equals("redis")) {
      return requireStores().killRedis();
    }
    Replica replica = require(name);
    long pid = replica.pid();
    if (pid == 0) {
      throw new FarmException(name + " does not run");
    }
    replica.kill();
    return name + " (pid " + pid + ") killed";
  }

  /** Stops a replica in good order if it runs, and starts it again on the same port. */
  public String restart(String name) throws InterruptedException {
    if (name.equals("redis")) {
      return requireStores().restartRedis();
    }
    Replica replica = require(name);
    replica.stop();
    replica.start();
    writeFarmFile();
    progress.step(name + " starting again (pid " + replica.pid() + ")");
    return name + " starting (pid " + replica.pid() + ")";
  }

  private Replica require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new FarmException(
                    "no replica is called "
                        + name
                        + "; there are "
                        + String.join(
                            ", ", replicas.stream().map(one -> one.spec().name()).toList())));
  }

  private Optional<Replica> find(String name) {
    return replicas.stream().filter(replica -> replica.spec().name().equals(name)).findFirst();
  }

  // A death is reported by a thread of its own, possibly while a command writes.
  private void writeFarmFile() {
    writing.lock();
    try {
      describe().write(farmFile);
    } finally {
      writing.unlock();
    }
  }

  private FarmFile describe() {
    return new FarmFile(
        options.gatewayUrl(),
        requireStores().redisUrl(),
        requireStores().database().url(),
        replicas.stream()
            .map(one -> new FarmFile.Entry(one.spec().name(), one.spec().url(), pid(one)))
            .toList());
  }

  private static @Nullable Long pid(Replica replica) {
    long pid = replica.pid();
    return pid == 0 ? null : pid;
  }

  private Stores requireStores() {
    Stores known = stores;
    if (known == null) {
      throw new IllegalStateException("the stores are not started yet");
    }
    return known;
  }

  private void stopReplicas() throws InterruptedException {
    List<Thread> stops = new ArrayList<>();
    for (Replica replica : replicas) {
      Thread stop =
          new Thread(
              () -> {
                try {
                  replica.stop();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "stop " + replica.spec().name());
      stop.start();
      stops.add(stop);
    }
    for (Thread stop : stops) {
      stop.join();
    }
  }

  /** Stops everything: the gateway first, the stores after the replicas. */
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    described = false;
    while (!started.isEmpty()) {
      started.pop().undo();
    }
  }
}
