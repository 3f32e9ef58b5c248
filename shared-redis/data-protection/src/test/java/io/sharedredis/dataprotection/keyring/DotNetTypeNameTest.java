package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.interop.Interop;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** vectors.json, type_name_version_stripping: the version of an assembly decides nothing. */
class DotNetTypeNameTest {
  private static final String TYPE = "Microsoft.AspNetCore.DataProtection.Some.Type";

  @TestFactory
  Stream<DynamicTest> versionOfAnAssemblyDecidesNothing() {
    return StreamSupport.stream(
            Interop.vectors().get("type_name_version_stripping").spliterator(), false)
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector.get("in").asString(),
                    () -> {
                      String name = vector.get("in").asString();
                      String without = name.replaceAll(", Version=[0-9.]+", "");
                      if (vector.has("out")) {
                        assertThat(without).isEqualTo(vector.get("out").asString());
                      }
                      // What it resolves to is known to the decryptors of shared-redis-azure.
                      assertThat(DotNetTypeName.currentTypeOf(name))
                          .isEqualTo(DotNetTypeName.currentTypeOf(without));
                    }));
  }

  @Test
  void nameBeforeTheFirstReleaseIsTodaysName() {
    String old = "Microsoft.AspNet.DataProtection.Some.Type, Microsoft.AspNet.DataProtection";
    assertThat(DotNetTypeName.dataProtectionType(old)).isEqualTo(TYPE);
    assertThat(DotNetTypeName.currentTypeOf(old)).isEqualTo(TYPE);
    assertThat(DotNetTypeName.typeOf(" A.B , C, Version=1")).isEqualTo("A.B");
  }

  @Test
  void typeOfAnotherAssemblyIsRefused() {
    assertThatThrownBy(() -> DotNetTypeName.dataProtectionType(TYPE + ", Another.Assembly"))
        .isExactlyInstanceOf(DataProtectionException.class);
    assertThat(DotNetTypeName.dataProtectionType(TYPE)).isEqualTo(TYPE);
    assertThat(DotNetTypeName.dataProtectionType(DotNetTypeName.qualified(TYPE))).isEqualTo(TYPE);
  }
}
