package io.sharedredis.playground.farm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;

/**
 * The apps' executable jars, taken apart: a JVM that reads plain jars starts with a third less work
 * than one that reads jars within a jar. Kept from one start to the next, under the jar's hash.
 */
final class UnpackedJars {

  private record Unpacking(Process process, Path jar, Path draft, Path target, Path log) {}

  private final Map<App, Path> ready = new EnumMap<>(App.class);
  private final Map<App, Unpacking> running = new EnumMap<>(App.class);

  private UnpackedJars() {}

  /** Begins to take the jars apart, as processes of their own beside whatever else is to do. */
  static UnpackedJars begin(Map<App, Path> jars, Path cache, RunDirectory directory) {
    UnpackedJars unpacked = new UnpackedJars();
    try {
      for (Map.Entry<App, Path> entry : jars.entrySet()) {
        unpacked.begin(entry.getKey(), entry.getValue(), cache, directory);
      }
    } catch (IOException e) {
      throw new FarmException("cannot unpack the apps: " + e.getMessage(), e);
    }
    return unpacked;
  }

  private void begin(App app, Path jar, Path cache, RunDirectory directory) throws IOException {
    if (!isExecutable(jar)) {
      ready.put(app, jar);
      return;
    }
    Path builds = cache.resolve(app.module());
    Path target = builds.resolve(hash(jar));
    if (Files.exists(target)) {
      ready.put(app, target.resolve(jar.getFileName()));
      return;
    }
    // Older builds of this app, and what a start that was cut off has left.
    Leftovers.delete(builds);
    Files.createDirectories(builds);
    Path draft = builds.resolve("draft");
    Path log = directory.log("unpack-" + app.module());
    List<String> command =
        List.of(
            ChildProcess.java(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djarmode=tools",
            "-jar",
            jar.toString(),
            "extract",
            "--destination",
            draft.toString());
    Process process = ChildProcess.start(command, Map.of(), log);
    running.put(app, new Unpacking(process, jar, draft, target, log));
  }

  /** Ends what still unpacks; what is there stays. */
  void stop() {
    running.values().forEach(unpacking -> unpacking.process().destroyForcibly());
  }

  /** The jars to start, once they are there. */
  Map<App, Path> await() throws InterruptedException {
    for (Map.Entry<App, Unpacking> entry : running.entrySet()) {
      Unpacking unpacking = entry.getValue();
      if (unpacking.process().waitFor() != 0) {
        throw new FarmException("cannot unpack " + unpacking.jar() + "; see " + unpacking.log());
      }
      try {
        Files.move(unpacking.draft(), unpacking.target(), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new FarmException("cannot unpack into " + unpacking.target(), e);
      }
      Path jar = unpacking.target().resolve(unpacking.jar().getFileName());
      ready.put(entry.getKey(), jar);
    }
    return Map.copyOf(ready);
  }

  private static boolean isExecutable(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getEntry("BOOT-INF/classes/") != null;
    }
  }

  private static String hash(Path jar) throws IOException {
    try (InputStream file = Files.newInputStream(jar)) {
      DigestInputStream digest = new DigestInputStream(file, MessageDigest.getInstance("SHA-256"));
      digest.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest(), 0, 8);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
