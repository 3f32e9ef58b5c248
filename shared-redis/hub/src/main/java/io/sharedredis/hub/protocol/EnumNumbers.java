package io.sharedredis.hub.protocol;

import io.sharedredis.hub.HubValue;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.module.SimpleModule;

/** Enum constants as numbers: {@link HubValue}, else their position. */
final class EnumNumbers {

  private static final ClassValue<Map<Object, Integer>> NUMBERS =
      new ClassValue<>() {
        @Override
        protected Map<Object, Integer> computeValue(Class<?> type) {
          Map<Object, Integer> numbers = new HashMap<>();
          for (Field field : type.getDeclaredFields()) {
            if (field.isEnumConstant()) {
              add(numbers, type, field);
            }
          }
          return numbers;
        }
      };

  private EnumNumbers() {}

  private static void add(Map<Object, Integer> numbers, Class<?> type, Field field) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(field.getName())) {
        HubValue value = field.getAnnotation(HubValue.class);
        numbers.put(constant, value == null ? ((Enum<?>) constant).ordinal() : value.value());
      }
    }
  }

  private static Map<Object, Integer> of(Class<?> type) {
    return NUMBERS.get(type);
  }

  /** Writes numbers. */
  static SimpleModule writing() {
    return new SimpleModule("shared-redis-hub-enum-numbers")
        .addSerializer(Enum.class, new Writer());
  }

  /** Reads numbers beside names. */
  static SimpleModule reading() {
    return new SimpleModule("shared-redis-hub-enums")
        .setDeserializerModifier(
            new ValueDeserializerModifier() {
              private static final long serialVersionUID = 1L;

              @Override
              public ValueDeserializer<?> modifyEnumDeserializer(
                  DeserializationConfig config,
                  JavaType type,
                  BeanDescription.Supplier description,
                  ValueDeserializer<?> usual) {
                return new Reader(usual, type.getRawClass());
              }
            });
  }

  @SuppressWarnings("rawtypes")
  private static final class Writer extends ValueSerializer<Enum> {
    @Override
    public void serialize(Enum value, JsonGenerator to, SerializationContext context) {
      Integer number = of(value.getDeclaringClass()).get(value);
      if (number == null) {
        to.writeString(value.name());
      } else {
        to.writeNumber(number.intValue());
      }
    }
  }

  private static final class Reader extends DelegatingDeserializer {
    private final Class<?> type;

    Reader(ValueDeserializer<?> usual, Class<?> type) {
      super(usual);
      this.type = type;
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> usual) {
      return new Reader(usual, type);
    }

    @Override
    public Object deserialize(JsonParser from, DeserializationContext context) {
      if (from.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        int number = from.getIntValue();
        for (Map.Entry<Object, Integer> constant : of(type).entrySet()) {
          if (constant.getValue() == number) {
            return constant.getKey();
          }
        }
      }
      return super.deserialize(from, context);
    }
  }
}
