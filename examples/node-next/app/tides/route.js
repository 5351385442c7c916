// Answered when it is asked for, so that it needs a running server.
export const dynamic = "force-dynamic";

export function GET(request) {
  const port = request.nextUrl.searchParams.get("port") ?? "nowhere";
  return Response.json({ port, high: ["04:10", "16:35"] });
}
