package io.sharedredis.azure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Optional dependencies of the module, each used in one package only. */
class ArchitectureTest {

  private static final JavaClasses module =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.sharedredis.azure");

  @Test
  void springAndTheStarterAreUsedForAutoConfigurationOnly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.sharedredis.azure.spring")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.springframework..",
                "io.sharedredis.spring..",
                "io.sharedredis.starter..",
                "io.sharedredis.azure.spring"));
  }

  @Test
  void keyVaultNeedsNoRedisAndRedisNoKeyVault() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.sharedredis.azure")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.lettuce..", "io.sharedredis.lettuce..", "io.sharedredis.azure.redis"));
    check(
        noClasses()
            .that()
            .resideInAPackage("io.sharedredis.azure.redis")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.azure.security..", "io.sharedredis.dataprotection.."));
  }

  @Test
  void azureIdentityIsNeededForTheDefaultCredentialOnly() {
    check(
        noClasses()
            .that()
            .doNotHaveSimpleName("AzureCredentialAutoConfiguration")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.azure.identity.."));
  }

  @Test
  void everyPackageSaysWhereNullMayBe() {
    List<String> unmarked =
        module.stream()
            .map(type -> type.getPackage())
            .filter(pkg -> !pkg.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .distinct()
            .toList();
    assertThat(unmarked).isEmpty();
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(module);
  }
}
