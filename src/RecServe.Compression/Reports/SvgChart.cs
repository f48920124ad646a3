using System.Globalization;
using System.Net;
using System.Text;

namespace RecServe.Compression.Reports;

/// <summary>A plot in SVG: axes with round ticks, lines, dots, bars and a legend. Colours are those of the page's style sheet (classes c0, c1, …).</summary>
internal sealed class SvgChart
{
    private const int Width = 640, Height = 330, Left = 78, Right = 20, Top = 14, Bottom = 46;
    private readonly StringBuilder _marks = new(), _legend = new();
    private readonly (double Low, double High) _x, _y;
    private readonly string _xLabel, _yLabel;
    private int _entries;

    public SvgChart((double Low, double High) x, (double Low, double High) y, string xLabel, string yLabel)
    {
        (_x, _y) = (Widened(x), Widened(y));
        (_xLabel, _yLabel) = (xLabel, yLabel);
    }

    /// <summary>A line through points, with a dot at each where <paramref name="dots"/>.</summary>
    public void Line(IReadOnlyList<(double X, double Y)> points, int colour, string? name, bool dots = true, bool dashed = false)
    {
        if (points.Count == 0)
            return;
        _marks.Append(Text($"<polyline class=\"line c{colour}{(dashed ? " dashed" : "")}\" points=\""));
        foreach ((double x, double y) in points)
            _marks.Append(Text($"{X(x):F1},{Y(y):F1} "));
        _marks.Append("\"/>\n");
        foreach ((double x, double y) in dots ? points : [])
            Dot(x, y, colour, null);
        Name(colour, name);
    }

    public void Dot(double x, double y, int colour, string? name, double radius = 3.5)
    {
        _marks.Append(Text($"<circle class=\"dot c{colour}\" cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"{radius}\"/>\n"));
        Name(colour, name);
    }

    /// <summary>A bar from the floor up.</summary>
    public void Bar(double from, double to, double height, int colour, string? name = null, double floor = 0)
    {
        double left = X(from), top = Y(height);
        _marks.Append(Text($"<rect class=\"bar c{colour}\" x=\"{left:F1}\" y=\"{top:F1}\" width=\"{Math.Max(0.5, X(to) - left):F1}\" height=\"{Math.Max(0, Y(floor) - top):F1}\"/>\n"));
        Name(colour, name);
    }

    /// <summary>The chart as an svg element.</summary>
    public string ToSvg(string title)
    {
        var svg = new StringBuilder();
        svg.Append(Text($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">\n"));
        foreach (double tick in Ticks(_x))
            svg.Append(Text($"<line class=\"grid\" x1=\"{X(tick):F1}\" x2=\"{X(tick):F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/><text class=\"tick\" x=\"{X(tick):F1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{Number(tick)}</text>\n"));
        foreach (double tick in Ticks(_y))
            svg.Append(Text($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):F1}\" y2=\"{Y(tick):F1}\"/><text class=\"tick\" x=\"{Left - 6}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\">{Number(tick)}</text>\n"));
        svg.Append(_marks);
        svg.Append(Text($"<text class=\"axis\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(_xLabel)}</text>\n"));
        svg.Append(Text($"<text class=\"axis\" transform=\"translate(13 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(_yLabel)}</text>\n"));
        return svg.Append("</svg>\n<p class=\"legend\">").Append(_legend).Append("</p>\n").ToString();
    }

    private void Name(int colour, string? name)
    {
        if (name is null)
            return;
        _legend.Append(_entries++ > 0 ? " " : "").Append(Text($"<span class=\"key c{colour}\"></span>{WebUtility.HtmlEncode(name)}"));
    }

    private double X(double value) => Left + ((value - _x.Low) / (_x.High - _x.Low) * (Width - Left - Right));

    private double Y(double value) => Height - Bottom - ((value - _y.Low) / (_y.High - _y.Low) * (Height - Top - Bottom));

    private static (double Low, double High) Widened((double Low, double High) range) =>
        range.High - range.Low > 1e-12 * Math.Max(1e-6, Math.Abs(range.High)) ? range : (range.Low - Math.Max(1e-6, Math.Abs(range.Low) * 0.01), range.High + Math.Max(1e-6, Math.Abs(range.High) * 0.01));

    private static IEnumerable<double> Ticks((double Low, double High) range)
    {
        double rough = (range.High - range.Low) / 6, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);
        for (double tick = Math.Ceiling((range.Low / step) - 1e-9) * step; tick <= range.High + (step * 1e-9); tick += step)
            yield return Math.Abs(tick) < step * 1e-6 ? 0 : tick;
    }

    private static string Number(double value) => value.ToString("0.#######", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
