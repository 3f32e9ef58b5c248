package io.sharedredis.spring.session;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonToken;
import tools.jackson.core.type.WritableTypeId;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;

/** Writes an object field by field, after the name of its type where that is asked for. */
abstract class FieldsWriter<T> extends ValueSerializer<T> {

  /** Writes the fields, each with its name. */
  abstract void fields(T value, JsonGenerator json, SerializationContext context);

  @Override
  public final void serialize(T value, JsonGenerator json, SerializationContext context) {
    json.writeStartObject(value);
    fields(value, json, context);
    json.writeEndObject();
  }

  @Override
  public final void serializeWithType(
      T value, JsonGenerator json, SerializationContext context, TypeSerializer types) {
    WritableTypeId name = types.typeId(value, JsonToken.START_OBJECT);
    types.writeTypePrefix(json, context, name);
    fields(value, json, context);
    types.writeTypeSuffix(json, context, name);
  }
}
