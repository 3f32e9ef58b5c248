package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar, as a process of its own, in a directory of its own. */
class JarIT {
  private static final Path JAR = Path.of("target/shared-redis-cli.jar").toAbsolutePath();

  @TempDir private Path directory;

  @Test
  void textAndBytesPassThroughTheProcessUnchanged() throws Exception {
    assertThat(run("", "keyring", "create", "--directory", "ring").exit()).isZero();
    for (String text :
        List.of("hello\n", "", "Grüße, 世界 😀", "two\nlines\n", "tab\tand\u0000nul")) {
      Shell.Result sealed = run(text, "protect", "--directory=ring", "--app=a", "--purpose=ü/😀");
      assertThat(sealed.exit()).isZero();
      Shell.Result opened =
          run(sealed.out(), "unprotect", "--directory=ring", "--app=a", "--purpose=ü/😀");
      String expected = text.endsWith("\n") ? text : text + "\n";
      assertThat(opened).isEqualTo(new Shell.Result(0, expected, ""));
    }
  }

  @Test
  void answerComesLineByLineWhileInputStaysOpen() throws Exception {
    run("", "keyring", "create", "--directory", "ring");
    Process process =
        process(Map.of(), "protect", "--directory=ring", "--purpose=p", "--lines").start();
    try (OutputStream in = process.getOutputStream();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line : List.of("first", "second")) {
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
        Shell.Result opened = run(out.readLine(), "unprotect", "--directory=ring", "--purpose=p");
        assertThat(opened.line()).isEqualTo(line);
      }
    } finally {
      process.destroy();
    }
  }

  @Test
  void exitCodesAndStreamsAreKeptApart() throws Exception {
    assertThat(run("", "--help").out()).contains("Exit codes: 0 done, 1 failed, 2 wrong usage");
    assertThat(run("", "--version").out()).startsWith("shared-redis 0");
    Shell.Result usage = run("", "keyring", "list");
    assertThat(usage.exit()).isEqualTo(2);
    assertThat(usage.out()).isEmpty();
    assertThat(usage.err()).startsWith("error: which key ring?");
    Shell.Result failed =
        run("x\n", Shell.arguments("unprotect", Recorded.directory("default"), "--purpose=p"));
    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err().lines()).hasSize(1);
  }

  @Test
  void passwordOfRedisComesFromAFileOrTheEnvironment() throws Exception {
    try (RedisServer redis = RedisServer.start(RedisOptions.defaults().withPassword("hunter2"))) {
      String url = "redis://localhost:" + redis.uri().getPort();
      Path file = Files.writeString(directory.resolve("password"), "hunter2\n");
      Shell.Result without = run("", "keyring", "create", "--redis", url);
      assertThat(without.exit()).isEqualTo(1);
      assertThat(without.err()).contains("NOAUTH").contains("--redis-password-file");
      Shell.Result created =
          run("", "keyring", "create", "--redis", url, "--redis-password-file", file.toString());
      assertThat(created.exit()).isZero();
      Shell.Result listed =
          run(Map.of("REDIS_PASSWORD", "hunter2"), "", List.of("keyring", "list", "--redis", url));
      assertThat(listed.exit()).isZero();
      assertThat(listed.out()).contains(created.line());
      Shell.Result wrong =
          run(Map.of("REDIS_PASSWORD", "wrong1"), "", List.of("keyring", "list", "--redis", url));
      assertThat(wrong.exit()).isEqualTo(1);
      assertThat(wrong.err()).contains("WRONGPASS").doesNotContain("wrong1");
      assertThat(wrong.err().lines()).hasSize(1);
    }
  }

  @Test
  void ringInADirectoryNeedsNoDriver() throws Exception {
    Process process =
        new ProcessBuilder(
                java(),
                "-Xlog:class+load:file=" + directory.resolve("classes.txt"),
                "-jar",
                JAR.toString(),
                "keyring",
                "list",
                "--directory",
                Recorded.folder().resolve("keyrings/default").toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(Files.readString(directory.resolve("classes.txt")))
        .contains("io.sharedredis.cli.KeyringList")
        .doesNotContain("io.lettuce.core.RedisClient")
        .doesNotContain("io.netty.");
  }

  private Shell.Result run(String stdin, String... arguments)
      throws IOException, InterruptedException {
    return run(stdin, List.of(arguments));
  }

  private Shell.Result run(String stdin, List<String> arguments)
      throws IOException, InterruptedException {
    return run(Map.of(), stdin, arguments);
  }

  private Shell.Result run(Map<String, String> environment, String stdin, List<String> arguments)
      throws IOException, InterruptedException {
    Path in = Files.writeString(Files.createTempFile(directory, "in", ""), stdin);
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    Process process =
        process(environment, arguments.toArray(String[]::new))
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end after a minute: " + arguments);
    }
    return new Shell.Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private ProcessBuilder process(Map<String, String> environment, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                java(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().remove("REDIS_PASSWORD");
    // As cron and most containers have it: what is not ASCII must pass all the same.
    builder.environment().put("LC_ALL", "POSIX");
    builder.environment().putAll(environment);
    return builder;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
