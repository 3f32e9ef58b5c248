package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;

/**
 * Assembly-qualified names of .NET classes, as they stand in stored elements. They are compared
 * with known names and never lead to a class being loaded.
 */
final class DotNetTypeName {
  private static final String ASSEMBLY = "Microsoft.AspNetCore.DataProtection";

  /** Name of the same assembly before its first release, still found in old rings. */
  private static final String LEGACY_ASSEMBLY = "Microsoft.AspNet.DataProtection";

  /** The version that .NET 10 writes; readers of every version pass over it. */
  private static final String SUFFIX =
      ", " + ASSEMBLY + ", Version=10.0.0.0, Culture=neutral, PublicKeyToken=adb9793829ddae60";

  private DotNetTypeName() {}

  static String qualified(String type) {
    return type + SUFFIX;
  }

  /** The class name in front of the assembly name. */
  static String typeOf(String qualifiedName) {
    int comma = qualifiedName.indexOf(',');
    return (comma < 0 ? qualifiedName : qualifiedName.substring(0, comma)).strip();
  }

  /** The class name in front of the assembly name, old names of data protection mapped. */
  static String currentTypeOf(String qualifiedName) {
    return typeOf(qualifiedName.replace(LEGACY_ASSEMBLY + ".", ASSEMBLY + "."));
  }

  /** The class name of a type of the data protection assembly, old names mapped to today's. */
  static String dataProtectionType(String qualifiedName) {
    String current = qualifiedName.replace(LEGACY_ASSEMBLY, ASSEMBLY);
    String[] parts = current.split(",", 3);
    if (parts.length > 1 && !parts[1].strip().equals(ASSEMBLY)) {
      throw new DataProtectionException("a type of an unknown assembly");
    }
    return parts[0].strip();
  }
}
