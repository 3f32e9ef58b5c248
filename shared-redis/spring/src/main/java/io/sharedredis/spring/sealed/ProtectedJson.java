package io.sharedredis.spring.sealed;

import io.sharedredis.dataprotection.DataProtectionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.Version;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/** Seals and opens properties of JSON that are marked {@link Protected}. */
public final class ProtectedJson extends JacksonModule {

  private final ProtectedMarks marks;

  /** Of these values. */
  public ProtectedJson(ProtectedValues values) {
    this.marks = new ProtectedMarks(values);
  }

  @Override
  public String getModuleName() {
    return "shared-redis-protected";
  }

  @Override
  public Version version() {
    return Version.unknownVersion();
  }

  @Override
  public void setupModule(SetupContext context) {
    context.insertAnnotationIntrospector(new Marks());
  }

  /** Finds the marks. */
  private final class Marks extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Object findSerializer(MapperConfig<?> config, Annotated property) {
      Protected mark = property.getAnnotation(Protected.class);
      return mark == null || isSetter(property) ? null : new Sealer(marks, mark);
    }

    @Override
    public @Nullable Object findDeserializer(MapperConfig<?> config, Annotated property) {
      Protected mark = property.getAnnotation(Protected.class);
      return mark == null ? null : new Opener<>(marks, mark, supported(mark, property));
    }

    private static boolean isSetter(Annotated property) {
      return property instanceof AnnotatedMethod method && method.getParameterCount() == 1;
    }

    private static Class<?> supported(Protected mark, Annotated property) {
      Class<?> type =
          isSetter(property)
              ? ((AnnotatedMethod) property).getRawParameterType(0)
              : property.getRawType();
      ProtectedMarks.check(mark, type, property.getName());
      return type;
    }
  }

  private static final class Sealer extends ValueSerializer<Object> {

    private final ProtectedMarks marks;
    private final Protected mark;

    Sealer(ProtectedMarks marks, Protected mark) {
      this.marks = marks;
      this.mark = mark;
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializationContext context) {
      out.writeString(marks.seal(mark, value));
    }
  }

  private static final class Opener<T> extends ValueDeserializer<T> {

    private final ProtectedMarks marks;
    private final Protected mark;
    private final Class<T> type;

    Opener(ProtectedMarks marks, Protected mark, Class<T> type) {
      this.marks = marks;
      this.mark = mark;
      this.type = type;
    }

    @Override
    public T deserialize(JsonParser in, DeserializationContext context) {
      if (in.currentToken() == JsonToken.VALUE_STRING) {
        try {
          return marks.open(mark, in.getString(), type);
        } catch (DataProtectionException e) {
          // Said below, in the same words as for every other value that is not good.
        }
      }
      throw InvalidFormatException.from(in, ProtectedMarks.NOT_GOOD, null, type);
    }
  }
}
