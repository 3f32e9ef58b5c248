package io.sharedredis.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.playground.farm.FarmException;
import io.sharedredis.playground.farm.FarmOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

  private static CommandLine parse(String... arguments) {
    return CommandLine.parse(List.of(arguments), Path.of("/root-of-the-tree"));
  }

  @Test
  void withoutArgumentsItStartsTwoReplicasOnTheDocumentedPorts() {
    CommandLine line = parse();
    FarmOptions farm = line.farm();
    assertThat(line.words()).containsExactly("start");
    assertThat(farm.replicas()).isEqualTo(2);
    assertThat(farm.gatewayPort()).isEqualTo(8080);
    assertThat(farm.webspaPort()).isEqualTo(8101);
    assertThat(farm.identityPort()).isEqualTo(8201);
    assertThat(farm.bind()).isEqualTo("127.0.0.1");
    assertThat(farm.runDirectory()).isEqualTo(Path.of("/root-of-the-tree/playground/target"));
  }

  @Test
  void scriptPrintsTheHelpOfACloneThatIsNotBuilt(@TempDir Path clone) throws Exception {
    String help = "playground/src/main/resources/io/sharedredis/playground/help.txt";
    for (String file : List.of("bin/playground", help)) {
      Files.createDirectories(clone.resolve(file).getParent());
      Files.copy(Path.of("..", file), clone.resolve(file));
    }

    Process script =
        new ProcessBuilder("sh", clone.resolve("bin/playground").toString(), "--help")
            .redirectErrorStream(true)
            .start();

    assertThat(script.inputReader().lines().collect(Collectors.joining("\n", "", "\n")))
        .isEqualTo(CommandLine.HELP)
        .contains("--no-build");
    assertThat(script.waitFor()).isZero();
  }

  @Test
  void optionsMayStandAnywhereAndWithAnEqualsSign() {
    CommandLine line = parse("--replicas=3", "kill", "webspa-2", "--run-dir", "/tmp/farm");
    assertThat(line.words()).containsExactly("kill", "webspa-2");
    assertThat(line.farm().replicas()).isEqualTo(3);
    assertThat(line.runDirectory()).isEqualTo(Path.of("/tmp/farm"));
  }

  @Test
  void variablesAreCollectedPerReplica() {
    FarmOptions farm =
        parse("--env", "webspa-2:IsClusterEnv=false", "--env", "*:A=b=c:d", "--env", "*:E=f")
            .farm();
    assertThat(farm.environment())
        .isEqualTo(
            Map.of(
                "webspa-2", Map.of("IsClusterEnv", "false"), "*", Map.of("A", "b=c:d", "E", "f")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--replicas 0          | --replicas must be 1 to 20, not 0",
        "--replicas many       | --replicas must be a whole number, not many",
        "--gateway-port 70000  | --gateway-port must be 1 to 65535, not 70000",
        "--gateway-port        | --gateway-port needs a value",
        "--replica 2           | unknown option --replica",
        "--env IsClusterEnv=no | --env wants WHO:NAME=VALUE",
        "--env webspa-3:A=b    | --env names the replica \"webspa-3\", which this farm does not have"
      })
  void wrongUsageIsNamed(String arguments, String message) {
    assertThatThrownBy(() -> parse(arguments.split(" +")).farm())
        .isInstanceOf(FarmException.class)
        .hasMessageContaining(message);
  }
}
