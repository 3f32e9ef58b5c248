package io.sharedredis.starter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The arrows between the modules, as Maven cannot hold them: what is on the class path of a module
 * for one reason must not be used for another.
 */
class ArchitectureTest {

  private static final JavaClasses library =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(
              "io.sharedredis.dataprotection",
              "io.sharedredis.hub",
              "io.sharedredis.lettuce",
              "io.sharedredis.netty",
              "io.sharedredis.spring",
              "io.sharedredis.starter");

  @Test
  void everyModuleIsLookedAt() {
    Set<String> modules =
        library.stream()
            .map(type -> type.getPackageName().split("\\.")[2])
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(modules).contains("dataprotection", "hub", "lettuce", "netty", "spring", "starter");
  }

  @Test
  void dataProtectionAndHubKnowNeitherSpringNorRedisNorEachOther() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.sharedredis.dataprotection..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.springframework..",
                "io.lettuce..",
                "io.netty..",
                "jakarta..",
                "io.sharedredis.hub..",
                "io.sharedredis.lettuce..",
                "io.sharedredis.spring..",
                "io.sharedredis.starter.."));
    check(
        noClasses()
            .that()
            .resideInAPackage("io.sharedredis.hub..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.springframework..",
                "io.lettuce..",
                "io.netty..",
                "jakarta..",
                "io.sharedredis.dataprotection..",
                "io.sharedredis.lettuce..",
                "io.sharedredis.spring..",
                "io.sharedredis.starter.."));
  }

  /**
   * On two processors it is one thread, since Java 25 for every future without an executor: who
   * waits there may wait for something that needs it.
   */
  @Test
  void nothingThatMayWaitRunsInTheCommonPool() {
    check(
        noClasses()
            .should()
            .callMethod(CompletableFuture.class, "runAsync", Runnable.class)
            .orShould()
            .callMethod(CompletableFuture.class, "supplyAsync", Supplier.class)
            .orShould()
            .callMethod(CompletableFuture.class, "thenRunAsync", Runnable.class)
            .orShould()
            .callMethod(CompletableFuture.class, "thenApplyAsync", Function.class)
            .orShould()
            .callMethod(CompletableFuture.class, "thenAcceptAsync", Consumer.class)
            .orShould()
            .callMethod(CompletableFuture.class, "thenComposeAsync", Function.class)
            .orShould()
            .callMethod(CompletableFuture.class, "whenCompleteAsync", BiConsumer.class)
            .orShould()
            .callMethod(CompletableFuture.class, "handleAsync", BiFunction.class)
            .orShould()
            .callMethod(ForkJoinPool.class, "commonPool"));
  }

  @Test
  void whatSpeaksToRedisKnowsNoSpring() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.sharedredis.lettuce..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.springframework..",
                "jakarta..",
                "io.sharedredis.spring..",
                "io.sharedredis.starter.."));
  }

  @Test
  void eventLoopsKnowNeitherSpringNorRedis() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.sharedredis.netty..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.springframework..",
                "io.lettuce..",
                "io.sharedredis.dataprotection..",
                "io.sharedredis.lettuce..",
                "io.sharedredis.spring..",
                "io.sharedredis.starter.."));
    check(
        noClasses()
            .that()
            .resideInAnyPackage("io.sharedredis.hub..", "io.sharedredis.lettuce..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.sharedredis.netty.."));
  }

  @Test
  void springDoesNotKnowTheStarter() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.sharedredis.spring..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.sharedredis.starter.."));
  }

  @Test
  void nobodyUsesJavaSerialization() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.io\\.Object(In|Out)putStream")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching(".*\\.JdkSerializationRedisSerializer"));
  }

  @Test
  void nobodyLoadsClassesByName() {
    check(
        noClasses()
            .that()
            // Ask for one name that is written in the code: whether Tomcat, or Jetty, is there.
            .doNotHaveFullyQualifiedName("io.sharedredis.spring.hub.SocketReading")
            .and()
            .doNotHaveFullyQualifiedName("io.sharedredis.spring.hub.SocketClosing")
            .should()
            .callMethod(Class.class, "forName", String.class)
            .orShould()
            .callMethod(Class.class, "forName", String.class, boolean.class, ClassLoader.class)
            .orShould()
            .callMethod(ClassLoader.class, "loadClass", String.class));
  }

  @Test
  void everyPackageSaysWhereNullMayBe() {
    Set<String> unmarked =
        library.stream()
            .map(JavaClass::getPackage)
            .filter(pkg -> !pkg.isAnnotatedWith(NullMarked.class))
            .map(pkg -> pkg.getName())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(unmarked).isEmpty();
  }

  @Test
  void noFieldIsInjected() {
    check(
        classes()
            .should()
            .onlyDependOnClassesThat()
            .doNotHaveFullyQualifiedName("org.springframework.beans.factory.annotation.Autowired"));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(library);
  }
}
