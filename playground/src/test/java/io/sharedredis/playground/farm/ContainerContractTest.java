package io.sharedredis.playground.farm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

/**
 * Environment names, ports and paths stand in docs/container.md, docker-compose.yml, the
 * playground, the image and the apps. This test reads them all and lets none drift.
 */
class ContainerContractTest {

  private static final Path ROOT = Path.of("..");

  /** Seconds per phase of an app that does not say so itself: Spring Boot's default. */
  private static final String SPRING_BOOTS_SHUTDOWN_SECONDS = "30";

  @ParameterizedTest
  @EnumSource(App.class)
  void playgroundSetsWhatTheContractNames(App app, @TempDir Path directory) throws IOException {
    Path jar = Files.createFile(directory.resolve("app.jar"));
    FarmOptions options =
        new FarmOptions(
            1,
            "127.0.0.1",
            8080,
            8101,
            8201,
            null,
            null,
            null,
            directory,
            directory,
            Map.of(App.WEBSPA, jar, App.IDENTITY, jar),
            Map.of(),
            60);
    Set<String> set = new TreeSet<>(Set.of("TRUSTED_PROXIES"));
    new ReplicaPlan(options, "secret")
            .replicas(
                options.jars(),
                "redis://localhost:1",
                new Database("jdbc:postgresql://localhost:1/a", "b", "c"))
            .stream()
            .filter(replica -> replica.app() == app)
            .forEach(replica -> set.addAll(replica.environment().keySet()));
    assertThat(set).isEqualTo(contract(app));
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void composeSetsWhatTheContractNames(App app) throws IOException {
    Set<String> set = new TreeSet<>(environment(service(app.module())).keySet());
    // The default, the container's host name, is what is wanted there.
    set.add("REPLICA_NAME");
    assertThat(set).isEqualTo(contract(app));
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void appReadsNothingButTheContract(App app) throws IOException {
    Path resources = ROOT.resolve(app.module()).resolve("src/main/resources");
    Set<String> read = new TreeSet<>();
    try (Stream<Path> files = Files.list(resources)) {
      for (Path file :
          files.filter(path -> path.getFileName().toString().startsWith("application")).toList()) {
        Matcher placeholder = Pattern.compile("\\$\\{([A-Z][A-Z_]+)").matcher(text(file));
        while (placeholder.find()) {
          read.add(placeholder.group(1));
        }
      }
    }
    assertThat(contract(app)).containsAll(read);
    assertThat(read).contains("SERVER_PORT", "DATABASE_URL", "WEBSPA_CLIENT_SECRET");
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void everyNameOfTheContractIsReadBySomebody(App app) throws IOException {
    String sources = text(ROOT.resolve(app.module()).resolve("src/main/resources/application.yml"));
    for (Path module :
        List.of(
            ROOT.resolve("shared-redis/spring-boot-starter/src/main/java"),
            ROOT.resolve(app.module()).resolve("src/main/java"))) {
      try (Stream<Path> files = Files.walk(module)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          sources += text(file);
        }
      }
    }
    // Read by Spring Boot itself.
    Set<String> names = new TreeSet<>(contract(app));
    names.remove("SPRING_PROFILES_ACTIVE");
    for (String name : names) {
      assertThat(sources)
          .as("%s, which docs/container.md names for %s", name, app.module())
          .containsPattern("(\\$\\{|\")" + name + "[:}\"]");
    }
  }

  @Test
  void portsAndPathsAgree() throws IOException {
    String image = text(ROOT.resolve("deploy/app/Dockerfile"));
    String nginx = text(ROOT.resolve("deploy/nginx/nginx.conf.template"));
    Map<String, Object> gateway = service("gateway");
    Map<String, String> gatewayEnvironment = environment(gateway);
    for (App app : App.values()) {
      Map<String, Object> service = service(app.module());
      String port = environment(service).get("SERVER_PORT");
      assertThat(service.get("expose")).isEqualTo(List.of(port));
      assertThat(image).contains("SERVER_PORT=" + port).contains("EXPOSE " + port);
      assertThat(gatewayEnvironment)
          .containsEntry(
              app == App.WEBSPA ? "WEBSPA_REPLICAS" : "IDENTITY_REPLICAS",
              app.module() + ":" + port);
      assertThat(nginx).contains("proxy_pass http://" + app.prefix() + ";");
    }
    assertThat(gateway.get("ports"))
        .asString()
        .contains(":" + gatewayEnvironment.get("GATEWAY_PORT") + "]");
    assertThat(environment(service("webspa-app")).get("IDENTITY_INTERNAL_URL"))
        .isEqualTo(
            "http://gateway:"
                + gatewayEnvironment.get("GATEWAY_PORT")
                + App.IDENTITY.contextPath());
    assertThat(nginx)
        .contains("location " + App.IDENTITY.contextPath() + "/ {")
        .contains("location = " + App.IDENTITY.contextPath() + " {");
    assertThat(text(ROOT.resolve("identity-app/src/main/resources/application.yml")))
        .contains("context-path: " + App.IDENTITY.contextPath());
    for (String file : List.of("deploy/app/ready.sh", "deploy/nginx/gateway.sh")) {
      assertThat(text(ROOT.resolve(file))).contains("/readiness");
    }
  }

  @Test
  void composeTrustsItsGatewayAndNobodyElse() throws IOException {
    Map<?, ?> networks = (Map<?, ?>) service("gateway").get("networks");
    Object address = ((Map<?, ?>) networks.get("farm")).get("ipv4_address");
    for (App app : App.values()) {
      assertThat(environment(service(app.module()))).containsEntry("TRUSTED_PROXIES", "" + address);
    }
  }

  @Test
  void composeGivesAppsTheirGracePeriodAndStartsThemAfterTheirStores() throws IOException {
    Matcher documented =
        Pattern.compile("grace period before SIGKILL must be at least (\\d+) s")
            .matcher(text(ROOT.resolve("docs/container.md")));
    assertThat(documented.find()).isTrue();
    for (App app : App.values()) {
      Map<String, Object> service = service(app.module());
      String given = String.valueOf(service.get("stop_grace_period")).replace("s", "");
      assertThat(Integer.parseInt(given))
          .isGreaterThanOrEqualTo(Integer.parseInt(documented.group(1)));
      assertThat(((Map<?, ?>) service.get("depends_on")).keySet().stream().map(String::valueOf))
          .containsExactlyInAnyOrder("postgres", "keystore-data", "basket-data");
    }
    for (String store : List.of("postgres", "keystore-data", "basket-data")) {
      assertThat(service(store)).containsKey("healthcheck");
    }
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void pageSaysHowLongAnAppFinishesRequests(App app) throws IOException {
    Matcher configured =
        Pattern.compile("timeout-per-shutdown-phase: (\\d+)s")
            .matcher(
                text(ROOT.resolve(app.module()).resolve("src/main/resources/application.yml")));
    String seconds = configured.find() ? configured.group(1) : SPRING_BOOTS_SHUTDOWN_SECONDS;
    assertThat(text(ROOT.resolve("docs/container.md")))
        .contains(seconds + " s (" + app.module() + ")");
  }

  // Rows of the table: | `NAME`, `NAME` | both, or an app | …
  private static Set<String> contract(App app) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String line : Files.readAllLines(ROOT.resolve("docs/container.md"))) {
      String[] cells = line.split("\\|");
      if (cells.length > 3 && List.of("both", app.module()).contains(cells[2].strip())) {
        Matcher name = Pattern.compile("`([A-Za-z_]+)`").matcher(cells[1]);
        while (name.find()) {
          names.add(name.group(1));
        }
      }
    }
    assertThat(names).hasSizeGreaterThan(10);
    return names;
  }

  private static Map<String, Object> service(String name) throws IOException {
    Map<String, Map<String, Map<String, Object>>> compose =
        new Yaml().load(text(ROOT.resolve("docker-compose.yml")));
    return new HashMap<>(compose.get("services").get(name));
  }

  private static Map<String, String> environment(Map<String, Object> service) {
    return ((Map<?, ?>) service.get("environment"))
        .entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> String.valueOf(entry.getKey()),
                    entry -> String.valueOf(entry.getValue()),
                    (first, second) -> second,
                    TreeMap::new));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file);
  }
}
