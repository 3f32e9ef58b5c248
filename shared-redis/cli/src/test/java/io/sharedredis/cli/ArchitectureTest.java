package io.sharedredis.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the command line may use. */
class ArchitectureTest {
  private static final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.sharedredis.cli");

  @Test
  void onlyWhatIsCalledRedisKnowsTheDriver() {
    noClasses()
        .that()
        .haveNameNotMatching("io\\.sharedredis\\.cli\\.Redis.*")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.lettuce..", "io.netty..", "io.sharedredis.lettuce..")
        .check(classes);
  }

  @Test
  void springIsNotNeeded() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..", "io.sharedredis.spring..", "io.sharedredis.starter..")
        .check(classes);
  }

  @Test
  void noStackTraceIsPrinted() {
    noClasses().should().callMethod(Throwable.class, "printStackTrace").check(classes);
  }
}
