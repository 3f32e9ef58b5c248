package io.sharedredis.hub.protocol;

import io.sharedredis.hub.HubName;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/** Names of properties as {@link HubName} says, else as Jackson's own annotations do. */
final class HubNames extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1L;

  @Override
  public @Nullable PropertyName findNameForSerialization(
      MapperConfig<?> config, Annotated property) {
    PropertyName name = named(property);
    return name == null ? super.findNameForSerialization(config, property) : name;
  }

  @Override
  public @Nullable PropertyName findNameForDeserialization(
      MapperConfig<?> config, Annotated property) {
    PropertyName name = named(property);
    return name == null ? super.findNameForDeserialization(config, property) : name;
  }

  private static @Nullable PropertyName named(Annotated property) {
    HubName name = property.getAnnotation(HubName.class);
    return name == null ? null : PropertyName.construct(name.value());
  }
}
