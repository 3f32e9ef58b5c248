package io.sharedredis.spring.session;

import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;

/** Whose passkey it is. */
final class PasskeyUser {

  private PasskeyUser() {}

  static void write(PublicKeyCredentialUserEntity user, JsonGenerator json) {
    json.writeStringProperty("name", user.getName());
    json.writeStringProperty("id", user.getId().toBase64UrlString());
    json.writeStringProperty("displayName", user.getDisplayName());
  }

  @SuppressWarnings("NullAway") // A display name is not asked for everywhere.
  static PublicKeyCredentialUserEntity read(JsonNode tree) {
    return ImmutablePublicKeyCredentialUserEntity.builder()
        .name(TreeReader.text(TreeReader.required(tree, "name")))
        .id(Bytes.fromBase64(TreeReader.text(TreeReader.required(tree, "id"))))
        .displayName(TreeReader.text(tree, "displayName"))
        .build();
  }

  static final class Writer extends FieldsWriter<ImmutablePublicKeyCredentialUserEntity> {
    @Override
    void fields(
        ImmutablePublicKeyCredentialUserEntity user,
        JsonGenerator json,
        SerializationContext context) {
      write(user, json);
    }
  }

  static final class Reader extends TreeReader<PublicKeyCredentialUserEntity> {
    @Override
    public Class<PublicKeyCredentialUserEntity> handledType() {
      return PublicKeyCredentialUserEntity.class;
    }

    @Override
    PublicKeyCredentialUserEntity read(JsonNode tree, DeserializationContext context) {
      return PasskeyUser.read(tree);
    }
  }
}
