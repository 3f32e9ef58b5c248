package io.sharedredis.spring.session;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.User;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;

/** Reads a user as Spring Security's user details services give it. */
final class UserReader extends FieldsReader<User, UserReader.Fields> {

  /** What has been read of one user. */
  static final class Fields {
    private @Nullable String username;
    private @Nullable String password;
    private boolean enabled;
    private boolean accountNonExpired;
    private boolean credentialsNonExpired;
    private boolean accountNonLocked;
    private @Nullable Collection<GrantedAuthority> authorities;
  }

  @Override
  Fields begin() {
    return new Fields();
  }

  @Override
  boolean field(Fields fields, String name, JsonParser parser, DeserializationContext context) {
    switch (name) {
      case "username" -> fields.username = parser.getValueAsString();
      case "password" -> fields.password = parser.getValueAsString();
      case "enabled" -> fields.enabled = parser.getValueAsBoolean();
      case "accountNonExpired" -> fields.accountNonExpired = parser.getValueAsBoolean();
      case "credentialsNonExpired" -> fields.credentialsNonExpired = parser.getValueAsBoolean();
      case "accountNonLocked" -> fields.accountNonLocked = parser.getValueAsBoolean();
      case "authorities" -> {
        fields.authorities = authorities(parser, context);
        return true;
      }
      default -> {
        return false;
      }
    }
    // No object or array belongs to these fields.
    parser.skipChildren();
    return true;
  }

  @Override
  User end(Fields fields, DeserializationContext context) {
    String username = fields.username;
    Collection<GrantedAuthority> authorities = fields.authorities;
    if (username == null
        || username.isEmpty()
        || authorities == null
        || authorities.contains(null)) {
      return context.reportInputMismatch(User.class, "username or authorities are missing");
    }
    String password = fields.password;
    User user =
        new User(
            username,
            password == null ? "" : password,
            fields.enabled,
            fields.accountNonExpired,
            fields.credentialsNonExpired,
            fields.accountNonLocked,
            authorities);
    if (password == null) {
      user.eraseCredentials();
    }
    return user;
  }
}
