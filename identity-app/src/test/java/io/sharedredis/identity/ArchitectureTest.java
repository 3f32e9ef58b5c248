package io.sharedredis.identity;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;

/** The arrows between this app's features, and what the app may use of the library. */
@AnalyzeClasses(
    packages = "io.sharedredis.identity",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule featuresDoNotDependOnEachOtherInCircles =
      slices().matching("io.sharedredis.identity.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyPublicPackagesOfTheLibraryAreUsed =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.sharedredis..internal..", "io.sharedredis.lettuce..");

  @ArchTest
  static final ArchRule nothingIsSerializedTheJavaWay =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(ObjectInputStream.class, ObjectOutputStream.class);
}
