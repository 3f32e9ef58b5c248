package io.sharedredis.hub.server;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.type.TypeFactory;

/** What reflection says about generic types, with a class's own type variables filled in. */
public final class GenericTypes {
  private GenericTypes() {}

  /**
   * The type argument that {@code type} gives to {@code superclass}, as a class; {@code Object}
   * when it gives none.
   */
  public static Class<?> argumentOf(Class<?> type, Class<?> superclass, int index) {
    JavaType[] found =
        TypeFactory.createDefaultInstance()
            .findTypeParameters(
                TypeFactory.createDefaultInstance().constructType(type), superclass);
    return found != null && found.length > index ? found[index].getRawClass() : Object.class;
  }

  /**
   * {@code type} as seen from {@code owner}: variables of its superclasses are replaced where it
   * fixes them.
   */
  static Type resolve(Type type, Class<?> owner) {
    if (!(type instanceof TypeVariable<?>)) {
      return type;
    }
    return variables(owner).getOrDefault(type, type);
  }

  private static Map<TypeVariable<?>, Type> variables(Class<?> owner) {
    Map<TypeVariable<?>, Type> known = new HashMap<>();
    Type above = owner.getGenericSuperclass();
    while (above != null) {
      if (above instanceof ParameterizedType given) {
        TypeVariable<?>[] names = ((Class<?>) given.getRawType()).getTypeParameters();
        for (int i = 0; i < names.length; i++) {
          Type value = given.getActualTypeArguments()[i];
          known.put(names[i], known.getOrDefault(value, value));
        }
      }
      above = raw(above).getGenericSuperclass();
    }
    return known;
  }

  static Type argument(Type type, int index) {
    if (type instanceof ParameterizedType given && given.getActualTypeArguments().length > index) {
      Type argument = given.getActualTypeArguments()[index];
      return argument instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : argument;
    }
    return Object.class;
  }

  static Class<?> raw(Type type) {
    if (type instanceof Class<?> c) {
      return c;
    }
    if (type instanceof ParameterizedType p) {
      return (Class<?>) p.getRawType();
    }
    if (type instanceof GenericArrayType a) {
      return Array.newInstance(raw(a.getGenericComponentType()), 0).getClass();
    }
    return Object.class;
  }
}
