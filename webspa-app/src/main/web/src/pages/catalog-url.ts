/** What the catalogue shows, as its address says it: /?brand=1&type=2&page=2, with pages counted from 1. */
export interface CatalogView {
  readonly brand?: number;
  readonly type?: number;
  readonly page: number;
}

export function readView(query: Readonly<Record<string, string>>): CatalogView {
  const brand = positive(query["brand"]);
  const type = positive(query["type"]);
  return {
    ...(brand !== undefined && { brand }),
    ...(type !== undefined && { type }),
    page: positive(query["page"]) ?? 1,
  };
}

/** The first page is not named, so that the shop's front page has one address. */
export function viewUrl({ brand, type, page }: CatalogView): string {
  const query = new URLSearchParams();
  if (brand !== undefined) {
    query.set("brand", String(brand));
  }
  if (type !== undefined) {
    query.set("type", String(type));
  }
  if (page > 1) {
    query.set("page", String(page));
  }
  const text = query.toString();
  return text === "" ? "/" : `/?${text}`;
}

/** Another filter begins at its first page. */
export function withFilter(view: CatalogView, filter: "brand" | "type", value: string): CatalogView {
  return readView({
    ...(view.brand !== undefined && { brand: String(view.brand) }),
    ...(view.type !== undefined && { type: String(view.type) }),
    [filter]: value,
  });
}

function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}
