package io.sharedredis.hub.protocol;

import java.lang.reflect.Type;
import java.util.Map;
import org.msgpack.core.MessageFormat;

/** What .NET calls the types and formats that error texts name; clients match on the texts. */
public final class DotNetNames {
  private static final Map<Type, String> SIMPLE =
      Map.ofEntries(
          Map.entry(int.class, "Int32"),
          Map.entry(Integer.class, "Int32"),
          Map.entry(long.class, "Int64"),
          Map.entry(Long.class, "Int64"),
          Map.entry(short.class, "Int16"),
          Map.entry(Short.class, "Int16"),
          Map.entry(byte.class, "SByte"),
          Map.entry(Byte.class, "SByte"),
          Map.entry(boolean.class, "Boolean"),
          Map.entry(float.class, "Single"),
          Map.entry(Float.class, "Single"),
          Map.entry(double.class, "Double"),
          Map.entry(char.class, "Char"),
          Map.entry(Character.class, "Char"));

  private DotNetNames() {}

  /** The type's name without its namespace; Java's own where .NET has none. */
  public static String simple(Type type) {
    String name = SIMPLE.get(type);
    return name != null
        ? name
        : type instanceof Class<?> c ? c.getSimpleName() : type.getTypeName();
  }

  /** The primitive type's whole name. */
  static String of(Class<?> primitive) {
    return "System." + simple(primitive);
  }

  static String of(MessageFormat format) {
    return switch (format) {
      case POSFIXINT -> "positive fixint";
      case NEGFIXINT -> "negative fixint";
      case FIXMAP -> "fixmap";
      case FIXARRAY -> "fixarray";
      case FIXSTR -> "fixstr";
      case NIL -> "nil";
      case NEVER_USED -> "(never used)";
      case BOOLEAN -> "bool";
      default -> {
        String name = format.name().toLowerCase(java.util.Locale.ROOT);
        // BIN8 and the like are two words there.
        yield name.replaceAll("([a-z])(\\d)", "$1 $2");
      }
    };
  }
}
