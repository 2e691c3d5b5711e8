"""Files of minutes, each of whose values tells its minute."""

HEADER = """ Format                 IAGA-2002                                    |
 Source of Data         Station of a test                            |
 Station Name           {code}                                          |
 IAGA Code              {code}                                          |
 Geodetic Latitude      24.000                                       |
 Geodetic Longitude     90.000                                       |
 Elevation              20                                           |
 Reported               XYZF                                         |
 Sensor Orientation     XYZ                                          |
 Digital Sampling       1 second                                     |
 Data Interval Type     filtered 1-minute (00:15-01:45)              |
 Data Type              variation                                    |
DATE       TIME         DOY     {code}X      {code}Y      {code}Z      {code}F   |
"""


def minute(at: int, lines: int = 1, code: str = "XPA") -> bytes:
    """An IAGA-2002 file that begins at a minute of 2024-05-01; each value tells its minute."""
    out = [HEADER.format(code=code)]
    for one in range(at, at + lines):
        day, left = divmod(one, 1440)
        hour, m = divmod(left, 60)
        out.append(f"2024-05-{1 + day:02} {hour:02}:{m:02}:00.000 {122 + day}"
                   f"    {30000 + one / 100:9.2f} {100:9.2f} {40000:9.2f} {50000:9.2f}\n")  # fmt: skip
    return "".join(out).encode()
