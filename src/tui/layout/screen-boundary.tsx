import { Component, type ReactNode } from "react";
import { cell } from "#tui/text/cell.ts";
import { Region, type Rect } from "./region.tsx";

interface Props {
  readonly rect: Rect;
  readonly children: ReactNode;
}

/** A view that throws shows that it did; the rest of the interface goes on. Leaving the view tries it again. */
export class ScreenBoundary extends Component<Props, { readonly failure: string | undefined }> {
  override state = { failure: undefined };

  static getDerivedStateFromError(cause: unknown) {
    return { failure: cause instanceof Error ? cause.message : String(cause) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === undefined) return this.props.children;
    const lines = [" This view crashed. Go to another view and back to try again.", "", ` ${cell(failure)}`];
    return <Region rect={this.props.rect} line={(i) => lines[i] ?? ""} />;
  }
}
