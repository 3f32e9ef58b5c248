import { EmptyState, PageTitle } from "../ui/page";

export function NotFoundPage() {
  return (
    <>
      <PageTitle title="Off the chart" />
      <EmptyState icon="storm" title="There is no such page">
        <a class="button button-primary" href="/">
          Back to the shop
        </a>
      </EmptyState>
    </>
  );
}
