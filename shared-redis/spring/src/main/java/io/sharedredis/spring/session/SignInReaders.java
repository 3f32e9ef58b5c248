package io.sharedredis.spring.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.userdetails.User;
import tools.jackson.core.Version;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/**
 * Reads sign-ins by password, which nearly every request of a form sign-in needs, at a twentieth of
 * what Spring Security's own readers take: those build trees, and look the readers of their parts
 * up anew for each value. The JSON is the same.
 */
final class SignInReaders extends JacksonModule {

  private static final Map<Class<?>, Class<?>> READERS =
      Map.of(
          UsernamePasswordAuthenticationToken.class, PasswordSignInReader.class,
          User.class, UserReader.class);

  @Override
  public String getModuleName() {
    return SignInReaders.class.getName();
  }

  @Override
  public Version version() {
    return Version.unknownVersion();
  }

  @Override
  public void setupModule(SetupContext context) {
    context.insertAnnotationIntrospector(new Choice());
  }

  /** Asked before the annotations of Spring Security. */
  private static final class Choice extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Object findDeserializer(MapperConfig<?> config, Annotated annotated) {
      return annotated instanceof AnnotatedClass ? READERS.get(annotated.getRawType()) : null;
    }
  }
}
