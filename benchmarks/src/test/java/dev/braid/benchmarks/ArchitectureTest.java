package dev.braid.benchmarks;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** The design's arrows between modules, for all of Braid's classes. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.braid");

  private static final String SPEC = "dev.braid.spec..";
  private static final String IMAGE = "dev.braid.state.image..";
  private static final String DRIFT = "dev.braid.drift..";
  private static final String[] EXPERTS = {"dev.braid.data..", "dev.braid.experts.."};
  private static final String[] ROUTER = {
    "dev.braid.router..", "dev.braid.evaluation..", "dev.braid.moa.."
  };
  private static final String[] MOA = {
    "moa..", "com.yahoo.labs.samoa..", "com.github.javacliparser.."
  };

  private static final String LEFT_TO_THE_PROCESSOR =
      "a?(sin|cos|tan)h?|atan2|exp|expm1|log|log10|log1p|pow|cbrt|hypot";

  /** Decision for decision those of MOA, which computes so. */
  private static final String USE_THE_PROCESSORS_MATH =
      "(HoeffdingAdaptiveTree|JavaRandom|LeafNaiveBayes|Normal|SplitMerit|SplitSearch)";

  @Test
  void modulesUseOnlyThoseTheDesignAllows() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.braid..")
        .layer("spec")
        .definedBy(SPEC)
        .layer("image")
        .definedBy(IMAGE)
        .layer("keyed")
        .definedBy("dev.braid.state.keyed..")
        .layer("drift")
        .definedBy(DRIFT)
        .layer("experts")
        .definedBy(EXPERTS)
        .layer("router")
        .definedBy(ROUTER)
        .layer("connectors")
        .definedBy("dev.braid.connectors..")
        .layer("flink-jobs")
        .definedBy("dev.braid.jobs..")
        .layer("benchmarks")
        .definedBy("dev.braid.benchmarks..")
        .whereLayer("spec")
        .mayNotAccessAnyLayer()
        .whereLayer("image")
        .mayNotAccessAnyLayer()
        .whereLayer("keyed")
        .mayOnlyAccessLayers("image")
        .whereLayer("drift")
        .mayOnlyAccessLayers("image", "spec")
        .whereLayer("experts")
        .mayOnlyAccessLayers("drift", "image", "spec")
        .whereLayer("router")
        .mayOnlyAccessLayers("experts", "drift", "image", "spec")
        .whereLayer("connectors")
        .mayOnlyAccessLayers("experts", "drift", "image", "spec")
        .whereLayer("flink-jobs")
        .mayOnlyBeAccessedByLayers("benchmarks")
        .whereLayer("benchmarks")
        .mayNotBeAccessedByAnyLayer()
        .ensureAllClassesAreContainedInArchitecture()
        .check(CLASSES);
  }

  @Test
  void theLibraryKnowsNeitherFlinkNorKafka() {
    noClasses()
        .that(
            resideInAnyPackage(SPEC, IMAGE, DRIFT)
                .or(resideInAnyPackage(EXPERTS))
                .or(resideInAnyPackage(ROUTER)))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..")
        .check(CLASSES);
  }

  /** Whoever depends on the artefact for these has no Kafka on the class path. */
  @Test
  void theEntriesOfFlinkProgramsAndOfSqlNeedNoKafka() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.braid.jobs.api..", "dev.braid.jobs.sql..", "dev.braid.jobs.operator..")
        .should()
        .transitivelyDependOnClassesThat(
            resideInAnyPackage("dev.braid.connectors.kafka..", "org.apache.kafka.."))
        .check(CLASSES);
  }

  @Test
  void moaIsReachedThroughItsAdaptersAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.braid.moa..", "dev.braid.benchmarks..")
        .should()
        .dependOnClassesThat(resideInAnyPackage(MOA))
        .check(CLASSES);
  }

  /** Java leaves the last bit of these to the processor; {@link StrictMath} and ours do not. */
  @Test
  void whatLearnsComputesTheSameBitsOnEveryMachine() {
    noClasses()
        .that(
            resideInAnyPackage(IMAGE, DRIFT)
                .or(resideInAnyPackage(EXPERTS))
                .or(resideInAnyPackage(ROUTER)))
        .and()
        .haveNameNotMatching("dev.braid.experts.tree." + USE_THE_PROCESSORS_MATH)
        .should()
        .callMethodWhere(
            target(owner(type(Math.class))).and(target(nameMatching(LEFT_TO_THE_PROCESSOR))))
        .check(CLASSES);
  }

  /** What adds a hook takes it back when there is nothing left to do at the exit. */
  @Test
  void onlyAtExitTellsTheJvmWhatToDoAtItsEnd() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.braid.connectors.broker.AtExit")
        .should()
        .callMethod(Runtime.class, "addShutdownHook", Thread.class)
        .check(CLASSES);
  }

  /** It belongs to all threads; {@code HeapSize} swaps it while a command has no other. */
  @Test
  void nobodySwapsStandardOutput() {
    noClasses()
        .that()
        .haveNameNotMatching("dev.braid.benchmarks.harness.HeapSize(Test)?")
        .should()
        .callMethod(System.class, "setOut", PrintStream.class)
        .orShould()
        .callMethod(System.class, "setErr", PrintStream.class)
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.braid.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /** A rule about classes that were not found would hold for ever. */
  @Test
  void everyModuleIsLookedAt() {
    for (final String module :
        new String[] {
          "state.image",
          "spec",
          "state.keyed",
          "drift",
          "experts",
          "router",
          "connectors",
          "jobs",
          "benchmarks",
          "moa"
        }) {
      assertTrue(
          CLASSES.that(resideInAPackage("dev.braid." + module + "..")).iterator().hasNext(),
          "no classes of " + module + " on the class path");
    }
  }
}
