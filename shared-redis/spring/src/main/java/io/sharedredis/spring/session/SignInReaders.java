package io.sharedredis.spring.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.ott.OneTimeTokenAuthentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import tools.jackson.core.Version;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/**
 * Reads sign-ins by password, which nearly every request of a form sign-in needs, at a twentieth of
 * what Spring Security's own readers take: those build trees, look the readers of their parts up
 * anew for each value, and call constructors by reflection, for which Jackson makes a new method
 * handle each time. The JSON is the same. Besides those, one whose reader of Spring Security's
 * loses a part, and one that has none.
 */
final class SignInReaders extends JacksonModule {

  private static final Map<Class<?>, Class<?>> READERS =
      Map.of(
          SecurityContextImpl.class, SecurityContextReader.class,
          UsernamePasswordAuthenticationToken.class, PasswordSignInReader.class,
          PreAuthenticatedAuthenticationToken.class, PreAuthenticatedReader.class,
          OneTimeTokenAuthentication.class, OneTimeTokenReader.class,
          User.class, UserReader.class,
          SimpleGrantedAuthority.class, AuthorityReader.class,
          FactorGrantedAuthority.class, FactorReader.class,
          WebAuthenticationDetails.class, DetailsReader.class);

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
    context.setMixIn(OneTimeTokenAuthentication.class, OneTimeTokenReader.Written.class);
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
